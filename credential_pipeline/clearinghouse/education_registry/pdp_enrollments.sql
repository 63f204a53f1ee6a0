-- Spells of enrollment that PDP files tell of: a term with courses, with its days where the course file has them; or, of a student
-- without a course, the years from entry to the last enrollment at the institution. Days that no file has are those on which terms
-- usually begin and end.
WITH term(name, begins, ends, later_begin, later_end) AS (VALUES
    ('FALL', '08-15', '12-31', 0, 0), ('WINTER', '12-15', '01-31', 0, 1), ('SPRING', '01-15', '05-31', 1, 1),
    ('SUMMER', '06-01', '07-31', 1, 1)),
student AS (
    SELECT student_id, opeid, left(cohort, 4)::INTEGER AS entry_year, t.*, enrollment_intensity_first_term,
           program_of_study_term_1, credential_type_sought_year_1,
           years_of_last_enrollment_at_cohort_institution::DOUBLE::INTEGER AS last_year,
           try_strptime(term_begin_date, '%Y%m%d')::DATE AS first_day, try_strptime(term_end_date, '%Y%m%d')::DATE AS last_day
    FROM {cohort} c JOIN term t ON t.name = c.cohort_term),
taught AS (
    SELECT c.student_id, c.opeid, left(c.academic_year, 4)::INTEGER AS year, t.name,
           min(try_strptime(c.course_begin_date, '%Y%m%d')::DATE) AS first_day,
           max(try_strptime(c.course_end_date, '%Y%m%d')::DATE) AS last_day,
           bool_or(c.course_type IS DISTINCT FROM 'NC') AS credit, any_value(t.begins) AS begins, any_value(t.ends) AS ends,
           any_value(t.later_begin) AS later_begin, any_value(t.later_end) AS later_end
    FROM {course} c JOIN term t ON t.name = c.academic_term
    WHERE c.academic_year IS NOT NULL AND c.credential_engine_identifier IS NULL
    GROUP BY ALL),
told AS (
    SELECT student_id, opeid, credit,
           coalesce(first_day, strptime((year + later_begin) || '-' || begins, '%Y-%m-%d')::DATE) AS begin_date,
           coalesce(last_day, strptime((year + later_end) || '-' || ends, '%Y-%m-%d')::DATE) AS end_date, year, name
    FROM taught
    UNION ALL
    SELECT s.student_id, s.opeid, NULL,
           coalesce(first_day, strptime((entry_year + later_begin) || '-' || begins, '%Y-%m-%d')::DATE),
           CASE WHEN last_year > 1 THEN make_date(entry_year + last_year, 5, 31)
                ELSE coalesce(last_day, strptime((entry_year + later_end) || '-' || ends, '%Y-%m-%d')::DATE) END, entry_year, name
    FROM student s ANTI JOIN taught t ON t.student_id = s.student_id AND t.opeid = s.opeid)
SELECT t.student_id, t.opeid, t.credit, t.begin_date, t.end_date,
       CASE WHEN sought.credential_type_sought_year_1 LIKE 'Non-%' THEN false
            WHEN sought.credential_type_sought_year_1 <> 'Missing' THEN true END AS degree_seeking,
       -- A part-time student may be of any of three statuses.
       CASE WHEN first.enrollment_intensity_first_term = 'Full-Time' THEN 'F' END AS status,
       regexp_replace(first.program_of_study_term_1, '^(\d\d)\.?(\d{4})$', '\1.\2') AS cip
FROM told t
LEFT JOIN student sought ON sought.student_id = t.student_id AND sought.opeid = t.opeid
LEFT JOIN student first
    ON first.student_id = t.student_id AND first.opeid = t.opeid AND first.entry_year = t.year AND first.name = t.name
