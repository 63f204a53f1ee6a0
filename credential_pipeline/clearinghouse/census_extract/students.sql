-- The student of every learner that is linked, and how probable it is that the two are one person, by the profile that says it
-- best: learner_id, row_id, student_id, link_probability.
SELECT r.learner_id, r.row_id, min(l.student_id) AS student_id, max(p.match_probability) AS link_probability
FROM {rows} r
JOIN linked_records.learners l USING (learner_id)
LEFT JOIN linked_records.profile_links p ON p.learner_id = l.learner_id AND p.student_id = l.student_id
WHERE l.status = 'linked' AND l.student_id IS NOT NULL
GROUP BY r.learner_id, r.row_id
