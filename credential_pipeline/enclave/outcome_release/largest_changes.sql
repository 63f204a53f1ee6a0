-- The figures that changed most, in proportion to what they were.
SELECT cell_id, CAST(b.value AS DOUBLE) AS before, n.value AS now
FROM read_csv($path, header = true, all_varchar = true) AS b
JOIN outcome_release.published_outcomes AS n USING (cell_id)
WHERE b.status = '1' AND n.status = 1 AND CAST(b.value AS DOUBLE) IS DISTINCT FROM n.value
ORDER BY abs(n.value - CAST(b.value AS DOUBLE)) / greatest(abs(CAST(b.value AS DOUBLE)), 1e-9) DESC, cell_id
LIMIT $most
