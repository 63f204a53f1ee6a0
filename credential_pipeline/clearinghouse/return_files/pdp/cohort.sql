-- Each student of the institution as the registry can tell it in the cohort file. Academic years begin in August; the year of entry is
-- year 1. A year of 0 says that there is none, as the file has it. Who came back is told of a whole cohort at once, when the registry
-- has enrollments at the institution from the second half of the year after: else those seen so far would make a share of 1.
WITH spells AS (
    SELECT e.student_id, e.begin_date, e.status, e.cip, e.institution_state, e.opeid,
           starts_with(e.opeid, $campus) AS here,
           academic_year_of(e.begin_date) AS first_year,
           academic_year_of(greatest(e.begin_date, coalesce(e.end_date, e.begin_date))) AS last_year
    FROM education_registry.enrollments e SEMI JOIN {own} o USING (student_id)
    WHERE e.begin_date IS NOT NULL),
entry AS (
    SELECT student_id, begin_date AS entered, first_year AS entry_year, status, cip,
           academic_term_of(begin_date) AS term,
           CASE WHEN status = 'F' THEN 'Full-Time' WHEN status IN ('Q', 'H', 'L') THEN 'Part-Time' END AS intensity
    FROM spells WHERE here
    QUALIFY row_number() OVER (PARTITION BY student_id ORDER BY begin_date, opeid, status, cip) = 1),
covered AS (SELECT max(begin_date) AS last_begin FROM spells WHERE starts_with(opeid, $school_code) AND begin_date <= $today),
enrolled AS (
    SELECT s.student_id,
           coalesce(bool_or(here AND entry_year + 1 BETWEEN first_year AND last_year), false) AS retained,
           coalesce(bool_or(entry_year + 1 BETWEEN first_year AND last_year), false) AS persisted,
           bool_or(NOT here AND begin_date < entered) AS came_from_elsewhere,
           max(last_year) FILTER (here) - any_value(entry_year) + 1 AS last_here,
           max(last_year) FILTER (NOT here) - any_value(entry_year) + 1 AS last_elsewhere,
           arg_max(institution_state, row(begin_date, opeid, institution_state)) FILTER (NOT here AND begin_date >= entered) AS state_elsewhere,
           arg_max(s.cip, row(begin_date, opeid, s.cip)) FILTER (here AND first_year = entry_year) AS cip_year_1
    FROM spells s JOIN entry USING (student_id) GROUP BY ALL),
states AS (SELECT opeid, min(institution_state) AS state FROM spells GROUP BY ALL),
taken AS (
    SELECT d.student_id, d.degree_date, s.state, e.entered, academic_year_of(d.degree_date) - e.entry_year + 1 AS nth,
           starts_with(d.opeid, $campus) AS here,
           CASE WHEN regexp_matches(lower(d.degree_level), 'master|doctor|professional|post|graduate') THEN 'higher'
                WHEN regexp_matches(lower(d.degree_level), 'bachelor|baccalaureate') THEN 'bachelor'
                WHEN regexp_matches(lower(d.degree_level), 'associate') THEN 'associate'
                WHEN regexp_matches(lower(d.degree_level), 'certificate|diploma') THEN 'certificate' END AS level
    FROM education_registry.degrees d JOIN entry e USING (student_id) LEFT JOIN states s USING (opeid)
    WHERE d.degree_date >= e.entered),
degrees AS (
    SELECT student_id,
           round(date_sub('day', any_value(entered), min(degree_date) FILTER (here)) / 365.25, 1) AS time_to_credential,
           max(nth) FILTER (here AND level = 'bachelor') AS bachelor, min(nth) FILTER (here AND level = 'bachelor') AS bachelor_1,
           max(nth) FILTER (here AND level IN ('associate', 'certificate')) AS lower,
           min(nth) FILTER (here AND level IN ('associate', 'certificate')) AS lower_1,
           max(nth) FILTER (NOT here AND level = 'bachelor') AS other_bachelor,
           min(nth) FILTER (NOT here AND level = 'bachelor') AS other_bachelor_1,
           max(nth) FILTER (NOT here AND level IN ('associate', 'certificate')) AS other_lower,
           min(nth) FILTER (NOT here AND level IN ('associate', 'certificate')) AS other_lower_1,
           arg_max(state, row(degree_date, state)) FILTER (NOT here AND level = 'bachelor') AS other_bachelor_state,
           arg_min(state, row(degree_date, state)) FILTER (NOT here AND level = 'bachelor') AS other_bachelor_state_1,
           arg_max(state, row(degree_date, state)) FILTER (NOT here AND level IN ('associate', 'certificate')) AS other_lower_state,
           arg_min(state, row(degree_date, state)) FILTER (NOT here AND level IN ('associate', 'certificate')) AS other_lower_state_1
    FROM taken GROUP BY ALL)
SELECT $institution AS institution_id, o.student_id, o.learner_id,
       academic_year_name(entry_year) AS cohort, term AS cohort_term,
       CASE WHEN date_sub('year', o.birth_date, entered) <= 20 THEN '20 and younger'
            WHEN date_sub('year', o.birth_date, entered) <= 24 THEN '>20 - 24'
            WHEN o.birth_date IS NOT NULL THEN 'Older than 24' END AS student_age,
       coalesce(o.sex, 'UK') AS gender, intensity AS enrollment_intensity_first_term,
       CASE WHEN came_from_elsewhere THEN 'Transfer-In' ELSE 'First-Time' END AS enrollment_type,
       enrollment_type || ' ' || intensity AS attendance_status_term_1,
       replace(e.cip, '.', '') AS program_of_study_term_1, replace(n.cip_year_1, '.', '') AS program_of_study_year_1,
       coalesce(last_begin >= make_date(entry_year + 2, 1, 1), false) AS known,
       CASE WHEN NOT known THEN 'UK' WHEN retained THEN '1' ELSE '0' END AS retention,
       CASE WHEN NOT known THEN 'UK' WHEN persisted THEN '1' ELSE '0' END AS persistence, time_to_credential,
       CASE WHEN bachelor <= 8 THEN bachelor ELSE 0 END AS years_to_bachelors_at_cohort_inst,
       CASE WHEN lower <= 8 THEN lower ELSE 0 END AS years_to_associates_or_certificate_at_cohort_inst,
       CASE WHEN other_bachelor <= 8 THEN other_bachelor ELSE 0 END AS years_to_bachelor_at_other_inst,
       CASE WHEN other_lower <= 8 THEN other_lower ELSE 0 END AS years_to_associates_or_certificate_at_other_inst,
       CASE WHEN bachelor_1 <= 8 THEN bachelor_1 ELSE 0 END AS first_year_to_bachelors_at_cohort_inst,
       CASE WHEN lower_1 <= 8 THEN lower_1 ELSE 0 END AS first_year_to_associates_or_certificate_at_cohort_inst,
       CASE WHEN other_bachelor_1 <= 8 THEN other_bachelor_1 ELSE 0 END AS first_year_to_bachelor_at_other_inst,
       CASE WHEN other_lower_1 <= 8 THEN other_lower_1 ELSE 0 END AS first_year_to_associates_or_certificate_at_other_inst,
       least(greatest(last_here, 0), 8) AS years_of_last_enrollment_at_cohort_institution,
       least(greatest(coalesce(last_elsewhere, 0), 0), 8) AS years_of_last_enrollment_at_other_institution,
       state_elsewhere AS most_recent_last_enrollment_at_other_institution_state,
       other_bachelor_state AS most_recent_bachelors_at_other_institution_state,
       other_lower_state AS most_recent_associates_or_certificate_at_other_institution_state,
       other_bachelor_state_1 AS first_bachelors_at_other_institution_state,
       other_lower_state_1 AS first_associates_or_certificate_at_other_institution_state
FROM {own} o JOIN entry e USING (student_id) JOIN enrolled n USING (student_id) LEFT JOIN degrees d USING (student_id)
CROSS JOIN covered
