-- Kaplan-Meier: of those who have neither passed nor reached the end of the records before, the share that passes on each
-- day; the band is Greenwood's. Whoever leaves on a day was there on it. Certifiers and credentials that were given up are 'all'.
WITH steps AS (
    SELECT certifier, coalesce(credential, 'all') AS credential, coalesce(days_to_pass, days_followed) AS spell,
           count(*) FILTER (passed) AS passes, count(*) AS leaves
    FROM {tries} WHERE certifier <> 'all'
    GROUP BY spell, GROUPING SETS ((certifier), (certifier, credential))
    HAVING coalesce(credential, '') <> 'all'
), at_risk AS (
    SELECT *, sum(leaves) OVER (
        PARTITION BY certifier, credential ORDER BY spell DESC ROWS UNBOUNDED PRECEDING
    ) AS risk
    FROM steps
), curves AS (
    SELECT p.setting, s.certifier, s.credential,
        sum(s.leaves) AS tried,
        sum(s.leaves) FILTER (s.spell < p.until) AS gone,
        product(1 - s.passes / s.risk ORDER BY s.spell) FILTER (s.spell <= p.until) AS failing,
        sum(s.passes / (s.risk * (s.risk - s.passes)) ORDER BY s.spell)
            FILTER (s.spell <= p.until AND s.risk > s.passes) AS variance
    FROM at_risk AS s CROSS JOIN {points} AS p
    GROUP BY p.setting, s.certifier, s.credential
)
SELECT
    setting, certifier, credential, CAST(tried AS BIGINT) AS tried,
    CAST(tried - coalesce(gone, 0) AS BIGINT) AS risk,
    1 - coalesce(failing, 1) AS passing,
    coalesce(failing, 1) * sqrt(coalesce(variance, 0)) AS deviation
FROM curves
