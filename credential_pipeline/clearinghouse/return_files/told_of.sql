-- Learners who may be told of: nobody blocked them, no wish of another industry may be about them, and the school of who is a
-- student says so itself; of a student whom the registry does not know, or is silent on, nothing is told.
SELECT p.learner_id, p.student_id
FROM linked_records.learners p LEFT JOIN education_registry.persons s ON s.student_id = p.student_id
WHERE NOT p.blocked AND (p.student_id IS NULL OR NOT coalesce(s.ferpa_block, true))
      AND NOT EXISTS (FROM {elsewhere} e WHERE e.student_id = p.student_id)
