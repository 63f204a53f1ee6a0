-- A certifier reports attempts in a year with at least one failed sitting, if its feed can tell failures at all, unless many are
-- usual and nearly all of them are missing, or, next to a year without, all of a quarter of its results: few that came astray do not make the
-- others known, nor those of the autumn those of the spring. The usual share is that of the year
-- in which the mean failure lies, so that years with next to none hardly count. A year
-- without one reports none, unless it is too small to tell: then it is taken for what its neighbors are, if they agree.
WITH events AS (
    SELECT certifier, CAST(year(event_date) AS INTEGER) AS year, event_date,
           event = 'attempt' OR result IS NOT NULL AS sitting,
           sitting AND result IS DISTINCT FROM 'pass' AS failed
    FROM {credentials}
    WHERE event IN ('attempt', 'award') AND event_date IS NOT NULL
        AND list_contains(CAST($certifiers AS VARCHAR[]), certifier)
), placed AS (
    SELECT *, min(event_date) FILTER (failed) OVER own AS first_failure, max(event_date) FILTER (failed) OVER own AS last_failure
    FROM events WINDOW own AS (PARTITION BY certifier, year)
), counted AS (
    SELECT certifier, year, count(*) AS results, count(*) FILTER (failed) AS failures,
           max(event_date) AS last_date,
           count(*) FILTER (event_date < first_failure) AS results_before, count(*) FILTER (event_date > last_failure) AS results_after
    FROM placed GROUP BY certifier, year
), found AS (
    SELECT *, sum(failures * failures / results) OVER all_years / nullif(sum(failures) OVER all_years, 0) AS usual,
           CASE WHEN NOT list_contains(CAST($reporting AS VARCHAR[]), certifier) THEN false
                WHEN usual * results >= $enough AND failures < $least * usual * results THEN false
                WHEN failures > 0 THEN true
                WHEN results >= $enough THEN false END AS told
    FROM counted WINDOW all_years AS (PARTITION BY certifier)
), years AS (
    SELECT * REPLACE (
        told AND NOT (NOT lag(told, 1, true) OVER own AND results_before >= greatest($least * results, $enough / usual))
             AND NOT (NOT lead(told, 1, true) OVER own AND results_after >= greatest($least * results, $enough / usual)) AS told
    ) FROM found WINDOW own AS (PARTITION BY certifier ORDER BY year)
), judged AS (
    SELECT *, last_value(told IGNORE NULLS) OVER earlier AS before, first_value(told IGNORE NULLS) OVER later AS after
    FROM years
    WINDOW earlier AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           later AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), decided AS (
    SELECT certifier, year,
           coalesce(told, coalesce(before, after, false) AND coalesce(after, before, false)) AS reported,
           max(last_date) OVER (PARTITION BY certifier) AS feed_end
    FROM judged
)
SELECT *, coalesce(
        make_date(CAST(min(CASE WHEN NOT reported THEN year END) OVER later AS INTEGER), 1, 1) - 1, feed_end
    ) AS reported_until
FROM decided
WINDOW later AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
