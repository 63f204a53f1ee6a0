-- Degrees of the institution that its cohort file tells of: the first and the latest of a level, at the end of the year that is told.
WITH student AS (SELECT *, left(cohort, 4)::INTEGER AS entry_year FROM {cohort}),
told AS (
    SELECT student_id, opeid, entry_year, 'bachelor' AS degree_level,
           unnest([first_year_to_bachelors_at_cohort_inst, years_to_bachelors_at_cohort_inst]) AS nth
    FROM student
    UNION
    SELECT student_id, opeid, entry_year, 'associate',
           unnest([first_year_to_associates_at_cohort_inst, years_to_latest_associates_at_cohort_inst])
    FROM student
    UNION
    SELECT student_id, opeid, entry_year, 'certificate',
           unnest([first_year_to_certificate_at_cohort_inst, years_to_latest_certificate_at_cohort_inst])
    FROM student
    UNION
    SELECT student_id, opeid, entry_year, 'associate or certificate',
           unnest([first_year_to_associates_or_certificate_at_cohort_inst, years_to_associates_or_certificate_at_cohort_inst])
    FROM student
    WHERE coalesce(years_to_latest_associates_at_cohort_inst, years_to_latest_certificate_at_cohort_inst,
                   first_year_to_associates_at_cohort_inst, first_year_to_certificate_at_cohort_inst) IS NULL)
SELECT student_id, opeid, degree_level, make_date(entry_year + nth::DOUBLE::INTEGER, 5, 31) AS degree_date
FROM told WHERE nth IS NOT NULL
