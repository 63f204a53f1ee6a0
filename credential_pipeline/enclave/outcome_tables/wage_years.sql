-- A year in which a state has far fewer jobs than in its usual year (three of four years have no more) is not covered; nor is
-- any year of a state with employers and without an agreement, or of a state of which the files hold no job in any year. States of
-- few jobs follow the nation. A year that is not complete in the files, or that they pass over, is covered nowhere.
WITH counted AS (
    SELECT coalesce(e.state, $unknown) AS state, w.year, count(*) AS jobs
    FROM {wages} AS w LEFT JOIN {employers} AS e USING (employer_id) WHERE w.year IS NOT NULL
    GROUP BY ALL
), reach AS (
    SELECT CAST(unnest(range(min(year), max(year) + 1)) AS INTEGER) AS year FROM counted
), nation AS (
    SELECT r.year, CAST(coalesce(sum(c.jobs), 0) AS BIGINT) AS jobs FROM reach AS r LEFT JOIN counted AS c USING (year) GROUP BY r.year
), nationwide AS (
    SELECT $nation AS state, n.year, n.jobs, CAST(quantile_disc(n.jobs, 0.75) OVER () AS BIGINT) AS usual_jobs,
           n.jobs > 0 AND f.fault IS NULL AND (usual_jobs < $fewest OR n.jobs >= $least * usual_jobs) AS covered
    FROM nation AS n LEFT JOIN (SELECT year, fault FROM {files}) AS f USING (year)
), states AS (
    SELECT DISTINCT state FROM counted
    UNION SELECT state FROM {wage_states} WHERE employers > 0 OR (agreement IS NOT NULL AND state <> $unknown)
), placed AS (
    -- Files that do not say where most employers lie cannot lack a state.
    SELECT coalesce(sum(jobs) FILTER (state <> $unknown) >= $least * sum(jobs), false) AS told FROM counted
), filled AS (
    SELECT s.state, n.year, coalesce(c.jobs, 0) AS jobs, n.covered,
           coalesce(a.agreement IS NULL AND a.employers > 0, false) AS shut
    FROM states AS s CROSS JOIN nationwide AS n
    LEFT JOIN counted AS c ON c.state = s.state AND c.year = n.year
    LEFT JOIN {wage_states} AS a ON a.state = s.state
)
SELECT state, year, CAST(jobs AS BIGINT) AS jobs, CAST(quantile_disc(jobs, 0.75) OVER own AS BIGINT) AS usual_jobs,
       NOT shut AND covered AND (state = $unknown OR NOT p.told OR sum(jobs) OVER own > 0)
       AND (usual_jobs < $fewest OR jobs >= $least * usual_jobs) AS covered
FROM filled CROSS JOIN placed AS p WINDOW own AS (PARTITION BY state)
UNION ALL SELECT state, year, jobs, usual_jobs, covered FROM nationwide
ORDER BY state, year
