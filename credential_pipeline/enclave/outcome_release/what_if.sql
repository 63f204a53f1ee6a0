-- A category is coarsened if others were put into it: its name says so, or it is a band that the registry does not know.
WITH marked AS (
    SELECT
        p."table", p.status, coalesce(o.n, 0) AS learners,
        p.credential = 'other' OR p.credential LIKE 'family:%' OR p.certifier = 'other'
            OR list_contains([p.sex, p.race, p.setting, p.sector, p.age_band], 'other_or_not_recorded')
            OR NOT list_contains(CAST($bands AS VARCHAR[]), p.age_band) AS coarse
    FROM {published} AS p JOIN {outcomes} AS o USING (cell_id)
)
SELECT
    coalesce("table", 'all') AS name, count(*), count(*) FILTER (status = 1), count(*) FILTER (status = 5),
    count(*) FILTER (status = -1), count(*) FILTER (status = 1 AND coarse),
    round(coalesce(sum(learners) FILTER (status = 1) / nullif(sum(learners), 0), 0), 3)
FROM marked
GROUP BY GROUPING SETS ((), ("table"))
ORDER BY "table" NULLS FIRST
