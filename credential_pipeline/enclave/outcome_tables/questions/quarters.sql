-- In how many quarters of a year somebody was paid, by all employers together; nobody stands here in a year with a job in a state
-- (of the employer) whose files tell that year as a whole: fewer than half of its jobs come by quarter.
WITH places AS (
    SELECT employer_id, min(state) AS state FROM {employers} GROUP BY employer_id
), jobs AS (
    SELECT w.person_key, w.year, w.quarters, coalesce(e.state, 'unknown') AS state
    FROM {wages} AS w SEMI JOIN {years} AS y ON y.year = w.year
    LEFT JOIN places AS e ON e.employer_id = w.employer_id
), told AS (
    SELECT state, year, count(quarters) >= $least * count(*) AS by_quarter FROM jobs GROUP BY state, year
)
SELECT p.pid, j.year, CAST(bit_count(coalesce(bit_or(j.quarters), 0)) AS INTEGER) AS quarters
FROM jobs AS j
JOIN {people} AS p USING (person_key)
JOIN told AS t ON t.state = j.state AND t.year = j.year
GROUP BY p.pid, j.year
HAVING bool_and(t.by_quarter)
