-- Training, education and first job of every unit. Reads: cohort, follow_ups, students, enrollments, degrees and variables.

CREATE TEMP TABLE spells AS
SELECT c.unit, c.day, e.begin_date, e.end_date, e.sector,
       CASE e.degree_seeking WHEN 'Y' THEN 'degree_seeking' ELSE 'not_degree_seeking' END AS degree,
       CASE e.credit WHEN 'Y' THEN 'credit' ELSE 'noncredit' END AS credit
FROM cohort AS c JOIN students AS s USING (person) JOIN enrollments AS e USING (student_id);

-- The enrollment that ended last before the award, within the window; those that go on at the award come first.
CREATE TEMP TABLE trained AS
WITH near AS (
    SELECT unit, sector, degree, credit, row_number() OVER (
        PARTITION BY unit ORDER BY greatest(day - end_date, 0), begin_date DESC, sector, degree DESC, credit
    ) AS nth
    FROM spells
    WHERE begin_date <= day AND end_date >= day - CAST(getvariable('window_days') AS INTEGER)
)
SELECT c.*, coalesce(n.sector, 'no_enrollment') AS enrollment_sector, coalesce(n.degree, 'no_enrollment') AS degree,
       coalesce(n.credit, 'no_enrollment') AS credit
FROM cohort AS c LEFT JOIN near AS n ON n.unit = c.unit AND n.nth = 1;

-- The first year after the award whose main employer was no main employer in the three years before or in the award year.
CREATE TEMP TABLE first_jobs AS
WITH marked AS (
    SELECT unit, horizon, inside, min(horizon) OVER (PARTITION BY unit, employer_id) > 0 AS fresh,
           bool_or(inside AND horizon <= 0) OVER (PARTITION BY unit) AS inside_before
    FROM follow_ups WHERE matched AND horizon >= -3
)
SELECT unit, any_value(inside_before) AS inside_before, arg_min(inside, horizon) AS inside
FROM marked WHERE fresh AND horizon >= 1 GROUP BY unit;

-- Degrees of the units, and the first enrollment and degree after the award.
CREATE TEMP TABLE earned AS
SELECT c.unit, arg_max(d.degree_level, (d.degree_date, d.degree_level)) FILTER (d.degree_date < c.day) AS prior_level,
       min(d.degree_date) FILTER (d.degree_date > c.day) AS next_degree
FROM cohort AS c JOIN students USING (person) JOIN degrees AS d USING (student_id) GROUP BY c.unit;

CREATE TEMP TABLE attended AS
SELECT unit, bool_or(day BETWEEN begin_date AND end_date) AS at_award, min(begin_date) FILTER (begin_date > day) AS next_begin,
       bool_or(day + INTERVAL 1 YEAR BETWEEN begin_date AND end_date) AS at_1,
       bool_or(day + INTERVAL 2 YEAR BETWEEN begin_date AND end_date) AS at_2,
       bool_or(day + INTERVAL 5 YEAR BETWEEN begin_date AND end_date) AS at_5
FROM spells GROUP BY unit;

-- One row a person. Later years count for those awards only that the registry's records of the learners outlast by them.
CREATE TEMP TABLE lives AS
WITH ends AS (
    SELECT unit, list_transform([1, 2, 5], lambda years: CAST(day + to_years(years) AS DATE)) AS until FROM cohort
), last AS (
    SELECT greatest(
        (SELECT max(e.begin_date) FROM enrollments AS e JOIN students USING (student_id) JOIN persons USING (person)),
        (SELECT max(d.degree_date) FROM degrees AS d JOIN students USING (student_id) JOIN persons USING (person))
    ) AS day
)
SELECT c.*, CAST(NULL AS INTEGER) AS horizon, d.prior_level, coalesce(s.at_award, false) AS enrolled,
       list_transform(e.until, lambda one: one <= last.day) AS observed,
       list_transform(e.until, lambda one: coalesce(s.next_begin <= one, false)) AS again,
       list_transform(e.until, lambda one: coalesce(d.next_degree <= one, false)) AS finished,
       [coalesce(s.at_1, false), coalesce(s.at_2, false), coalesce(s.at_5, false)] AS still,
       j.unit IS NOT NULL AS found_job, j.inside_before, j.inside
FROM cohort AS c CROSS JOIN last JOIN ends AS e USING (unit)
LEFT JOIN earned AS d USING (unit) LEFT JOIN attended AS s USING (unit) LEFT JOIN first_jobs AS j USING (unit)
WHERE c.lead;
