-- Each year of the wages against up to three years before and three after it: whether it is complete, in dollars, and its own.
WITH counted AS (
    SELECT year, count(*) AS jobs, sum(CAST(round(wages * 100) AS HUGEINT)) AS cents,
           sum(CAST(hash(person_key, employer_id, CAST(round(wages * 100) AS HUGEINT)) AS HUGEINT)) AS digest
    FROM {wages} GROUP BY year
), unknown AS (
    SELECT w.year, count(*) AS strangers FROM {wages} AS w SEMI JOIN {strangers} AS s ON s.code = w.person_key GROUP BY w.year
), placed AS (
    SELECT *, CASE WHEN jobs >= $alike THEN min(year) OVER (PARTITION BY jobs, cents, digest) END AS first_year FROM counted
), reach AS (
    SELECT CAST(unnest(range(min(year), max(year) + 1)) AS INTEGER) AS year FROM counted
), around AS (
    SELECT a.year, b.year - a.year AS away, b.jobs, b.cents FROM reach AS a JOIN counted AS b ON b.year BETWEEN a.year - 3 AND a.year + 3
    WHERE b.year <> a.year
), usual AS (
    -- Two years may be doubled, and a state may join from a year on: of the two years before, and the two after, the lesser
    -- counts, and of both sides the greater. At an end there is one side, whose nearest year counts as well.
    SELECT year, CAST(quantile_disc(jobs, 0.5) AS BIGINT) AS usual_jobs, quantile_disc(cents / 100 / jobs, 0.5) AS usual_wages,
           greatest(coalesce(min(jobs) FILTER (away IN (-2, -1)), arg_min(jobs, away) FILTER (away > 0)),
                    coalesce(min(jobs) FILTER (away IN (1, 2)), arg_max(jobs, away) FILTER (away < 0))) AS near_jobs,
           greatest(coalesce(min(cents) FILTER (away IN (-2, -1)), arg_min(cents, away) FILTER (away > 0)),
                    coalesce(min(cents) FILTER (away IN (1, 2)), arg_max(cents, away) FILTER (away < 0))) AS near_cents
    FROM around GROUP BY year
), judged AS (
    SELECT r.year, CAST(coalesce(p.jobs, 0) AS BIGINT) AS jobs, coalesce(p.cents, 0) / 100 AS dollars, u.usual_jobs,
           round(u.usual_wages, 2) AS usual_wages, nullif(p.first_year, r.year) AS copy_of,
           coalesce(u.usual_jobs >= $fewest, false) AS told, p.cents / 100 / p.jobs / nullif(u.usual_wages, 0) AS ratio,
           m.quarters IS NOT NULL AS broken, p.jobs / u.near_jobs AS more_jobs, p.cents / nullif(u.near_cents, 0) AS more_cents,
           p.jobs >= $fewest AND k.strangers >= $strange * p.jobs AS strange
    FROM reach AS r LEFT JOIN placed AS p USING (year) LEFT JOIN usual AS u USING (year)
    LEFT JOIN unknown AS k USING (year) LEFT JOIN {missing_quarters} AS m USING (year)
)
SELECT year, jobs, dollars, usual_jobs, usual_wages, copy_of,
       CASE WHEN copy_of IS NOT NULL THEN 'copied'
            WHEN told AND (ratio >= $unit OR ratio * $unit <= 1) THEN 'other_unit'
            WHEN jobs = 0 THEN 'no_wages'
            WHEN strange THEN 'strangers'
            WHEN broken THEN 'missing_quarters'
            WHEN told AND jobs < $few * usual_jobs THEN 'few_jobs'
            WHEN told AND ratio < $low THEN 'low_wages'
            WHEN told AND ratio > $high THEN 'high_wages'
            WHEN told AND more_jobs > $many THEN 'many_jobs'
            WHEN told AND more_cents > $many THEN 'many_dollars' END AS fault
FROM judged
ORDER BY year
