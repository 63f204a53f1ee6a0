-- Mean change of those with the further award, less the mean change of those who stopped in the same stratum, weighted by
-- the former. The variance is clustered by person: a person's influence is summed over the strata in which it stands. One who
-- stopped is no comparison: nothing would be known of the spread.
WITH chosen AS (
    SELECT c.pid, c.nth, c.gap, c.age_band, c.treated, c.change, g.certifier, g.credential, g.setting
    FROM {changes} AS c
    JOIN {groups} AS g ON c.pid = g.pid AND c.nth = g.nth
    WHERE c.treated
), strata AS (
    SELECT certifier, credential, setting, nth, gap, age_band, count(*) AS treated, avg(change ORDER BY change) AS mean
    FROM chosen GROUP BY ALL
), controls AS (
    SELECT nth, gap, age_band, count(*) AS number, avg(change ORDER BY change) AS mean FROM {changes} WHERE NOT treated GROUP BY ALL
    HAVING number >= 2
), matched AS (
    SELECT s.*, c.number, c.mean AS control FROM strata AS s JOIN controls AS c USING (nth, gap, age_band)
), figures AS (
    SELECT certifier, credential, setting, CAST(sum(treated) AS BIGINT) AS n,
           sum(treated * (mean - control) ORDER BY nth, gap, age_band) / sum(treated) AS effect
    FROM matched GROUP BY ALL
), influences AS (
    SELECT m.certifier, m.credential, m.setting, c.pid, c.change - m.control - f.effect AS part
    FROM matched AS m JOIN chosen AS c USING (certifier, credential, setting, nth, gap, age_band)
    JOIN figures AS f USING (certifier, credential, setting)
    UNION ALL
    SELECT m.certifier, m.credential, m.setting, c.pid, -m.treated * (c.change - m.control) / sqrt(m.number * (m.number - 1.0))
    FROM matched AS m JOIN {changes} AS c USING (nth, gap, age_band) WHERE NOT c.treated
), clustered AS (
    SELECT certifier, credential, setting, pid, sum(part ORDER BY part) AS part FROM influences GROUP BY ALL
), spread AS (
    SELECT certifier, credential, setting, sqrt(sum(part * part ORDER BY pid)) AS reach FROM clustered GROUP BY ALL
)
SELECT f.*, s.reach / f.n AS deviation FROM figures AS f JOIN spread AS s USING (certifier, credential, setting)
