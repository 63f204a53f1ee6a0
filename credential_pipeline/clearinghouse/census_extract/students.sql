-- The student of every learner that is linked: learner_id, row_id, student_id.
SELECT learner_id, row_id, min(l.student_id) AS student_id
FROM {rows} JOIN linked_records.learners l USING (learner_id)
WHERE l.status = 'linked' AND l.student_id IS NOT NULL
GROUP BY ALL
