-- What people earned in the two years after a year less what they earned in the two before it, of those with wages in both; the
-- years from a revocation of the further award on do not count.
-- Treated: at each further award, over the years that tell of no other one after it: both, or the first alone where one follows in it.
-- Compared, over as many years: everybody who had as many awards before it, the same one last and as long ago, and stopped, as long after the first
-- award; at every such distance, so that a person may stand in several strata. An award of three or more years ago is in the
-- years before as in those after.
WITH own AS (
    SELECT DISTINCT pid, year, real FROM {followed} WHERE seen
), numbered AS (
    SELECT *, certifier || '/' || credential AS code FROM {awarded}
), treated AS (
    SELECT a.pid, a.nth, a.certifier, a.credential, a.award_year AS at_year, a.award_year - a.first_year AS gap, a.age_band,
           before.code AS held, least(a.award_year - before.award_year, 3) AS since,
           least(coalesce(later.award_year, 9999) - a.award_year, 2) AS years, true AS treated, a.revoked_year
    FROM numbered AS a JOIN numbered AS before ON before.pid = a.pid AND before.nth = a.nth - 1
    LEFT JOIN numbered AS later ON later.pid = a.pid AND later.nth = a.nth + 1
    WHERE a.counted AND coalesce(later.award_year, 9999) > a.award_year
), gaps AS (
    SELECT DISTINCT nth, gap, age_band, held, since, years FROM treated
), stopped AS (
    SELECT a.pid, g.nth, NULL AS certifier, NULL AS credential, a.first_year + g.gap AS at_year, g.gap, a.age_band, g.held,
           g.since, g.years, false, NULL
    FROM numbered AS a JOIN gaps AS g
        ON g.age_band = a.age_band AND g.nth = a.awards + 1 AND g.held = a.code
           AND a.first_year + g.gap >= a.award_year AND least(a.first_year + g.gap - a.award_year, 3) = g.since
    WHERE a.nth = a.awards
), people AS (
    SELECT * FROM treated UNION ALL SELECT * FROM stopped
)
SELECT p.*,
    avg(o.real) FILTER (o.year > p.at_year) - avg(o.real) FILTER (o.year < p.at_year) AS change
FROM people AS p JOIN own AS o ON o.pid = p.pid AND o.year BETWEEN p.at_year - 2 AND p.at_year + p.years
    AND o.year < coalesce(p.revoked_year, 9999)
GROUP BY ALL
HAVING change IS NOT NULL
