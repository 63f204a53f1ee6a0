UPDATE outcome_release.published_outcomes AS p
SET low = last.low, high = last.high
FROM (
    SELECT cell_id, CAST(value AS DOUBLE) AS value, CAST(n AS DOUBLE) AS n, CAST(low AS DOUBLE) AS low, CAST(high AS DOUBLE) AS high
    FROM read_csv($path, header = true, all_varchar = true) WHERE status = '1' AND unit = 'share'
) AS last
WHERE last.cell_id = p.cell_id AND p.status = 1 AND p.value = last.value AND p.n = last.n
    AND abs(p.low - last.low) < 1.5 * $point AND abs(p.high - last.high) < 1.5 * $point
    AND (p.low <> last.low OR p.high <> last.high)
