-- One row per student of the institution who may be told of: first day there, and the learner if one is known.
WITH here AS (
    SELECT student_id, min(begin_date) AS first_day
    FROM (
        SELECT student_id, opeid, begin_date FROM education_registry.enrollments
        UNION ALL
        SELECT student_id, opeid, degree_date FROM education_registry.degrees
    )
    WHERE starts_with(opeid, $campus)
    GROUP BY student_id
)
SELECT h.student_id, h.first_day, l.learner_id
FROM here AS h
JOIN education_registry.persons AS s USING (student_id)
LEFT JOIN linked_records.learners AS l ON l.student_id = h.student_id
LEFT JOIN {heard} AS w ON w.student_id = h.student_id
WHERE NOT s.ferpa_block AND h.student_id NOT IN (SELECT student_id FROM {elsewhere})
    AND (l.learner_id IS NOT NULL OR w.student_id IS NULL)
QUALIFY NOT bool_or(coalesce(l.blocked, false)) OVER (PARTITION BY h.student_id)
