UPDATE outcome_release.published_outcomes AS p
SET low = last.low, high = last.high
FROM (
    SELECT
        cell_id, CAST(value AS DOUBLE) AS value, CAST(n AS DOUBLE) AS n, CAST(low AS DOUBLE) AS low,
        CAST(high AS DOUBLE) AS high
    FROM read_csv($path, header = true, all_varchar = true) WHERE status = '1' AND unit IN ('share', 'mean')
) AS last
WHERE last.cell_id = p.cell_id AND p.status = 1 AND p.value = last.value AND p.n = last.n
    -- What is printed to tenths stands within a tenth.
    AND greatest(abs(p.low - last.low), abs(p.high - last.high))
        < 1.5 * $point * CASE WHEN p.unit = 'mean' AND (p.n < $few OR list_contains(CAST($of_wages AS VARCHAR[]), p.measure)) THEN 10 ELSE 1 END
    AND (p.low <> last.low OR p.high <> last.high)
