-- Industry credentials as courses without credit, in the term in which they were awarded, of every student whom the cohort file has.
SELECT c.student_id, o.learner_id, c.student_age, c.race, c.ethnicity, c.gender, c.institution_id, c.cohort, c.cohort_term,
       academic_year_name(academic_year_of(awarded)) AS academic_year,
       academic_term_of(awarded) AS academic_term,
       upper(a.certifier) AS course_prefix, a.credential_code AS course_number, strftime(awarded, '%Y%m%d') AS section_id,
       a.title AS course_name, a.cip AS course_cip, 'NC' AS course_type, strftime(awarded, '%Y%m%d') AS course_end_date,
       'P' AS grade, '0' AS number_of_credits_attempted, '0' AS number_of_credits_earned,
       a.ctid AS credential_engine_identifier
FROM {cohort} c
JOIN {known_as} k ON k.written_id = c.student_id
JOIN {awards} a ON a.student_id = k.student_id
JOIN {own} o ON o.student_id = k.student_id
