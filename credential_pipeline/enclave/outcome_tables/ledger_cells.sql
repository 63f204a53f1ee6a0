-- Shares are rounded to six digits so that each ledger adds up to 1 exactly: what rounding down leaves over goes to the
-- largest remainders.
WITH lines AS (
    SELECT unnest(CAST($definitions AS VARCHAR[])) AS definition, unnest(CAST($count_ids AS VARCHAR[])) AS count_id
), parts AS (
    SELECT
        l.definition, l.count_id, t.value AS n, t.count_id AS n_count_id,
        c.value * 1000000 // nullif(t.value, 0) AS units, c.value * 1000000 % nullif(t.value, 0) AS remainder
    FROM lines AS l JOIN {counts} AS c USING (count_id)
    JOIN {counts} AS t ON t.quantity = 'ledger_reported'
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY remainder DESC, definition) AS place, 1000000 - sum(units) OVER () AS missing
    FROM parts
)
SELECT
    'coverage' AS "table", 'coverage_share' AS measure, definition, 'share' AS unit,
    CAST($horizon AS INTEGER) AS horizon, n, n_count_id, count_id AS numerator_count_id,
    (units + CASE WHEN place <= missing THEN 1 ELSE 0 END) / 1000000 AS value
FROM ranked
