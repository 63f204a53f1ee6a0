-- One row per student of the cohort file whom the registry knows: the breakdowns, and what came of credentials, year by year.
-- Academic years begin in August; the year of entry is year 1. Retention is NULL where it is not known.
WITH student AS (
    SELECT k.student_id, c.cohort, c.race, c.ethnicity, c.gender, c.student_age AS age, c.first_gen AS first_generation,
           c.credential_type_sought_year_1 AS credential_sought, c.retention = '1' AS retained,
           left(c.cohort, 4)::INTEGER AS entry_year
    FROM {cohort} c JOIN {known_as} k ON k.written_id = c.student_id
    QUALIFY row_number() OVER (PARTITION BY k.student_id ORDER BY c.cohort, c.row_number) = 1),
award AS (
    SELECT s.student_id, a.certifier, a.credential_code, a.stacks_to, a.awarded,
           academic_year_of(a.awarded) - s.entry_year + 1 AS nth
    FROM {awards} a JOIN student s USING (student_id)),
held AS (
    SELECT student_id, min(awarded) AS first_award, list(DISTINCT nth) AS years,
           count(DISTINCT row(certifier, credential_code)) > 1 AS two_or_more
    FROM award GROUP BY ALL),
stacked AS (
    SELECT DISTINCT a.student_id
    FROM award a JOIN award b ON b.student_id = a.student_id AND b.certifier = a.certifier AND b.credential_code = a.stacks_to),
followed AS (
    SELECT h.student_id
    FROM held h JOIN education_registry.enrollments e USING (student_id)
    WHERE e.begin_date > h.first_award AND e.begin_date <= h.first_award + INTERVAL 1 YEAR
    GROUP BY ALL)
SELECT s.*, h.student_id IS NOT NULL AS holder, coalesce(h.two_or_more, false) AS two_or_more, coalesce(h.years, []) AS years,
       list_min(coalesce(h.years, [])) <= 0 AS before_entry, t.student_id IS NOT NULL AS stacked,
       coalesce(h.first_award + INTERVAL 1 YEAR <= $today, false) AS followed,
       coalesce(h.first_award + INTERVAL 1 YEAR <= $today, false) AND f.student_id IS NOT NULL AS enrolled_after,
       academic_year_of($today) - s.entry_year AS years_over
FROM student s LEFT JOIN held h USING (student_id) LEFT JOIN stacked t USING (student_id) LEFT JOIN followed f USING (student_id)
