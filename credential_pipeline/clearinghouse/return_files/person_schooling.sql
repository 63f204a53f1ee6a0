-- What the education registry holds of one student: enrollments, then degrees.
SELECT 'enrollment' AS kind, institution, opeid, begin_date AS since, end_date AS until,
       coalesce(status, '') AS status, '' AS title, '' AS level
FROM education_registry.enrollments WHERE student_id = $student_id AND begin_date IS NOT NULL
UNION ALL
SELECT 'degree', institution, opeid, degree_date, NULL, '', coalesce(degree_title, ''),
       coalesce(degree_level, '')
FROM education_registry.degrees WHERE student_id = $student_id AND degree_date IS NOT NULL
ORDER BY ALL
