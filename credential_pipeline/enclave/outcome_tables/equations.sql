-- A rule says that some quantities make up another: of one group at one horizon, or over time, where the total has no
-- horizon and the parts have one. Beside the rules, every count splits by each breakdown.
WITH rules AS (
    SELECT unnest(CAST($names AS VARCHAR[])) AS name, unnest(CAST($totals AS VARCHAR[])) AS total,
           unnest(CAST($parts AS VARCHAR[])) AS part, unnest(CAST($over_time AS BOOLEAN[])) AS over_time
), composed AS (
    SELECT
        t.count_id || ' = ' || r.name || CASE WHEN r.over_time THEN '@h=' || p.horizon ELSE '' END AS equation_id,
        t.count_id AS total_count_id, p.count_id AS part_count_id
    FROM rules AS r
    JOIN {counts} AS t ON t.quantity = r.total AND t.sector = 'all'
    JOIN {counts} AS p ON p.quantity = r.part AND p.who = t.who AND t.setting IN ('all', p.setting)
    WHERE CASE WHEN r.over_time THEN t.horizon IS NULL AND p.horizon IS NOT NULL
               ELSE t.horizon IS NOT DISTINCT FROM p.horizon END
        AND (r.name <> 'in_industry_by_sector' OR p.quantity <> 'sector'
             OR p.sector IN (SELECT sector FROM {whole_sectors}))
), split AS (
    SELECT t.count_id || ' by ' || p.dimension AS equation_id, t.count_id AS total_count_id, p.count_id AS part_count_id
    FROM {counts} AS p JOIN {counts} AS t
        ON t.quantity = p.quantity AND t.horizon IS NOT DISTINCT FROM p.horizon
        AND t.sector = p.sector AND t.setting = p.setting
        AND t.dimension = CASE p.dimension WHEN 'credential' THEN 'certifier' ELSE 'all' END
        AND (p.dimension <> 'credential' OR t.certifier = p.certifier)
    WHERE p.dimension <> 'all'
)
SELECT * FROM composed UNION ALL SELECT * FROM split UNION ALL SELECT * FROM {pooled}
