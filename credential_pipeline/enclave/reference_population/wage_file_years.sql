-- Each year of the wages against up to three years before and three after it: whether it is complete, in dollars, and its own.
WITH counted AS (
    SELECT year, count(*) AS jobs, sum(CAST(round(wages * 100) AS HUGEINT)) AS cents,
           sum(CAST(hash(person_key, employer_id, CAST(round(wages * 100) AS HUGEINT)) AS HUGEINT)) AS digest
    FROM {wages} GROUP BY year
), placed AS (
    SELECT *, CASE WHEN jobs >= $alike THEN min(year) OVER (PARTITION BY jobs, cents, digest) END AS first_year FROM counted
), usual AS (
    SELECT a.year, CAST(quantile_disc(b.jobs, 0.5) AS BIGINT) AS usual_jobs,
           quantile_disc(b.cents / 100 / b.jobs, 0.5) AS usual_wages
    FROM counted AS a JOIN counted AS b ON b.year BETWEEN a.year - 3 AND a.year + 3 AND b.year <> a.year
    GROUP BY a.year
), judged AS (
    SELECT p.year, CAST(p.jobs AS BIGINT) AS jobs, p.cents / 100 AS dollars, u.usual_jobs, round(u.usual_wages, 2) AS usual_wages,
           nullif(p.first_year, p.year) AS copy_of, coalesce(u.usual_jobs >= $fewest, false) AS told,
           p.cents / 100 / p.jobs / nullif(u.usual_wages, 0) AS ratio, m.quarters IS NOT NULL AS broken
    FROM placed AS p LEFT JOIN usual AS u USING (year) LEFT JOIN {missing_quarters} AS m USING (year)
)
SELECT year, jobs, dollars, usual_jobs, usual_wages, copy_of,
       CASE WHEN copy_of IS NOT NULL THEN 'copied'
            WHEN told AND (ratio >= $unit OR ratio * $unit <= 1) THEN 'other_unit'
            WHEN broken THEN 'missing_quarters'
            WHEN told AND jobs < $few * usual_jobs THEN 'few_jobs'
            WHEN told AND ratio < $low THEN 'low_wages'
            WHEN told AND ratio > $high THEN 'high_wages' END AS fault
FROM judged
ORDER BY year
