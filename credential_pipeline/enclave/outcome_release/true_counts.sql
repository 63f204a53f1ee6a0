-- The confidential counts behind every figure: its n, the part that a figure tells of, and what is left of n.
WITH told AS (
    SELECT o.cell_id, n.value AS n, CASE o.unit WHEN 'count' THEN o.value ELSE p.value END AS part,
        o.unit = 'count' AS counted
    FROM outcome_tables.outcomes AS o
    JOIN outcome_tables.counts AS n ON n.count_id = o.n_count_id
    LEFT JOIN outcome_tables.counts AS p ON p.count_id = o.numerator_count_id
)
SELECT cell_id, 'n' AS role, n AS value FROM told
UNION ALL SELECT cell_id, 'part', part FROM told WHERE part IS NOT NULL
UNION ALL SELECT cell_id, 'rest', n - part FROM told WHERE part <= n AND NOT counted
ORDER BY ALL
