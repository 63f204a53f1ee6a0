-- One row per person with an award of the certifier who may be told of: the day of the first one, and the student.
SELECT p.learner_id, p.student_id, min(c.event_date) AS first_award
FROM cleaned_learners.credentials AS c
JOIN linked_records.links AS l USING (certifier, record_id)
JOIN {told_of} AS p ON p.learner_id = l.learner_id
WHERE c.certifier = $certifier AND c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AND c.event_date IS NOT NULL
GROUP BY p.learner_id, p.student_id
