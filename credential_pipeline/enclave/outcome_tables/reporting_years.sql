-- A certifier reports attempts in a year with at least one failed sitting, if its feed can tell failures at all, unless many are
-- usual and nearly all of them are missing: few that came astray do not make the others known. The usual share is that of the year
-- in which the mean failure lies, so that years with next to none hardly count. A year
-- without one reports none, unless it is too small to tell: then it is taken for what its neighbors are, if they agree.
WITH events AS (
    SELECT certifier, CAST(year(event_date) AS INTEGER) AS year, event_date,
           event = 'attempt' OR result IS NOT NULL AS sitting,
           sitting AND result IS DISTINCT FROM 'pass' AS failed
    FROM {credentials}
    WHERE event IN ('attempt', 'award') AND event_date IS NOT NULL
        AND list_contains(CAST($certifiers AS VARCHAR[]), certifier)
), counted AS (
    SELECT certifier, year, count(*) FILTER (sitting) AS sittings, count(*) AS results, count(*) FILTER (failed) AS failures,
           max(event_date) AS last_date
    FROM events GROUP BY certifier, year
), years AS (
    SELECT certifier, year, sittings, last_date,
           results * sum(failures * failures / results) OVER all_years / nullif(sum(failures) OVER all_years, 0) AS usual,
           CASE WHEN NOT list_contains(CAST($reporting AS VARCHAR[]), certifier) THEN false
                WHEN usual >= $enough AND failures < $least * usual THEN false
                WHEN failures > 0 THEN true
                WHEN results >= $enough THEN false END AS told
    FROM counted WINDOW all_years AS (PARTITION BY certifier)
), judged AS (
    SELECT *, last_value(told IGNORE NULLS) OVER earlier AS before, first_value(told IGNORE NULLS) OVER later AS after
    FROM years
    WINDOW earlier AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           later AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), decided AS (
    SELECT certifier, year, sittings,
           coalesce(told, coalesce(before, after, false) AND coalesce(after, before, false)) AS reported,
           max(last_date) OVER (PARTITION BY certifier) AS feed_end
    FROM judged
)
SELECT *, coalesce(
        make_date(CAST(min(CASE WHEN NOT reported THEN year END) OVER later AS INTEGER), 1, 1) - 1, feed_end
    ) AS reported_until
FROM decided
WINDOW later AS (PARTITION BY certifier ORDER BY year ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
