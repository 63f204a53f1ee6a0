-- Wages of all employers in whole cents, so that no order of rows matters. The main employer is the one that paid most in
-- the year; of equal ones the smallest id. A year with wages of zero or less in sum is a year without wages.
WITH cohort AS (
    SELECT p.pid, p.person_key,
           min(u.award_year) + CAST($first_horizon AS INTEGER) AS first_year,
           max(u.award_year) + CAST($last_horizon AS INTEGER) AS last_year
    FROM {units} AS u JOIN {people} AS p USING (pid)
    GROUP BY ALL
), jobs AS (
    SELECT c.pid, w.year, coalesce(w.employer_id, '') AS employer_id,
           CAST(sum(CAST(round(w.wages * 100) AS BIGINT)) AS BIGINT) AS cents
    FROM {wages} AS w JOIN cohort AS c USING (person_key)
    WHERE w.year BETWEEN c.first_year AND c.last_year AND w.wages IS NOT NULL
    GROUP BY ALL
)
SELECT pid, year, CAST(sum(cents) AS BIGINT) AS cents, arg_min(employer_id, (-cents, employer_id)) AS employer_id
FROM jobs
GROUP BY pid, year
HAVING sum(cents) > 0
