-- A category is coarsened if others were put into it, which its level or its name says.
WITH marked AS (
    SELECT
        p."table", p.status, coalesce(o.n, 0) AS learners,
        p.rollup_level = 'family' OR p.rollup_level LIKE '%_pooled'
            OR list_contains([p.setting, p.sector], 'other_or_not_recorded') AS coarse
    FROM {published} AS p JOIN {outcomes} AS o USING (cell_id)
)
SELECT
    coalesce("table", 'all') AS name, count(*), count(*) FILTER (status = 1), count(*) FILTER (status = 5),
    count(*) FILTER (status = -1), count(*) FILTER (status = 1 AND coarse),
    round(coalesce(sum(learners) FILTER (status = 1) / nullif(sum(learners), 0), 0), 3)
FROM marked
GROUP BY GROUPING SETS ((), ("table"))
ORDER BY "table" NULLS FIRST
