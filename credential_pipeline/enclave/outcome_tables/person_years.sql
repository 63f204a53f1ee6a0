-- Wages of all employers in whole cents, so that no order of rows matters. The main employer is the one that paid most in
-- the year; of equal ones the smallest id. A year with wages of zero or less in sum is a year without wages.
WITH jobs AS (
    SELECT p.pid, w.year, coalesce(w.employer_id, '') AS employer_id,
           CAST(sum(CAST(round(w.wages * 100) AS BIGINT)) AS BIGINT) AS cents
    FROM {wages} AS w JOIN {people} AS p USING (person_key) SEMI JOIN {years} AS y ON y.year = w.year
    WHERE w.wages IS NOT NULL
    GROUP BY ALL
)
SELECT pid, year, CAST(sum(cents) AS BIGINT) AS cents, arg_min(employer_id, (-cents, employer_id)) AS employer_id
FROM jobs
GROUP BY pid, year
HAVING sum(cents) > 0
