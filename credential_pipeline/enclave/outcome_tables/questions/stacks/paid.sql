-- Who paid those who went on, in the two years after it: one row a person, further award and main employer, in whole cents.
SELECT c.pid, c.nth, f.employer_id, CAST(sum(CAST(round(f.real * 100) AS BIGINT)) AS BIGINT) AS cents
FROM (SELECT DISTINCT pid, nth, at_year FROM {changes} WHERE treated) AS c
JOIN (SELECT DISTINCT pid, year, employer_id, real FROM {followed} WHERE seen) AS f
    ON f.pid = c.pid AND f.year BETWEEN c.at_year + 1 AND c.at_year + 2
GROUP BY ALL
