-- One row per person with an award of the certifier who may be told of: the day of the first one, and the student.
SELECT p.learner_id, p.student_id, min(c.event_date) AS first_award
FROM cleaned_learners.credentials AS c
JOIN linked_records.links AS l USING (certifier, record_id)
JOIN linked_records.learners AS p ON p.learner_id = l.learner_id
LEFT JOIN education_registry.persons AS s ON s.student_id = p.student_id
WHERE c.certifier = $certifier AND c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AND c.event_date IS NOT NULL
    AND NOT p.blocked AND NOT coalesce(s.ferpa_block, false)
    AND coalesce(p.student_id NOT IN (SELECT student_id FROM {elsewhere}), true)
GROUP BY p.learner_id, p.student_id
