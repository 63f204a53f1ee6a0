-- One row per person: whether a year after the award is covered while it was held (followed), whether there is a new main employer after the
-- award, whether the first one is in the industry, and whether the person was a newcomer: in the industry in no reported
-- year up to that of the award.
WITH seen AS (
    SELECT *, min(horizon) OVER (PARTITION BY pid, employer_id) = horizon AND horizon >= 1 AS is_new
    FROM {persons} WHERE seen
), jobs AS (
    SELECT pid, bool_or(is_new) AS hired, arg_min(in_industry, horizon) FILTER (is_new) AS in_industry,
           coalesce(NOT bool_or(in_industry AND horizon <= 0), true) AS newcomer
    FROM seen GROUP BY pid
), later AS (
    SELECT pid, coalesce(bool_or(presence NOT IN ('year_not_covered', 'revoked')) FILTER (horizon >= 1), false) AS followed
    FROM {persons} GROUP BY pid
)
SELECT p.* EXCLUDE (horizon, in_industry), l.followed, CAST(NULL AS INTEGER) AS horizon,
       coalesce(j.hired, false) AS hired, coalesce(j.in_industry, false) AS in_industry, coalesce(j.newcomer, true) AS newcomer
FROM {persons} AS p JOIN later AS l USING (pid) LEFT JOIN jobs AS j USING (pid)
WHERE p.horizon = 0
