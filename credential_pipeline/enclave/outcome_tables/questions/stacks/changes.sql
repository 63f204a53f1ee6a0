-- What people earned in the two years after a year less what they earned in the two before it, of those with wages in both; the
-- years from a revocation of the further award on do not count.
-- Treated: at each further award. Compared: everybody who had as many awards before it and stopped, as long after the
-- first award; at every such distance, so that a person may stand in several strata.
WITH own AS (
    SELECT DISTINCT pid, year, real FROM {followed} WHERE seen
), treated AS (
    SELECT pid, nth, certifier, credential, award_year AS at_year, award_year - first_year AS gap, age_band, true AS treated,
           revoked_year
    FROM {awarded} WHERE nth > 1 AND counted
), gaps AS (
    SELECT DISTINCT nth, gap, age_band FROM treated
), stopped AS (
    SELECT a.pid, g.nth, NULL AS certifier, NULL AS credential, a.first_year + g.gap AS at_year, g.gap, a.age_band, false, NULL
    FROM (SELECT DISTINCT pid, awards, first_year, age_band, max(award_year) OVER (PARTITION BY pid) AS last_award
          FROM {awarded}) AS a
    JOIN gaps AS g ON g.age_band = a.age_band AND g.nth = a.awards + 1 AND a.first_year + g.gap >= a.last_award
), people AS (
    SELECT * FROM treated UNION ALL SELECT * FROM stopped
)
SELECT p.*,
    avg(o.real) FILTER (o.year > p.at_year) - avg(o.real) FILTER (o.year < p.at_year) AS change
FROM people AS p JOIN own AS o ON o.pid = p.pid AND o.year BETWEEN p.at_year - 2 AND p.at_year + 2
    AND o.year < coalesce(p.revoked_year, 9999)
GROUP BY ALL
HAVING change IS NOT NULL
