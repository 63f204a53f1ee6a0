-- Every programme with every rate: as it was released, or why there is none. Reasons for which a programme fails, though it has its
-- rates, are not among the words.
WITH reasons AS (
    SELECT c.setting AS programme, string_agg(w.words, '; ' ORDER BY c.definition) AS why
    FROM {cells} AS c JOIN {words} AS w USING (definition)
    WHERE c.measure = 'pell_reason'
    GROUP BY c.setting
), told AS (
    SELECT setting AS programme, measure, CAST(status AS INTEGER) AS status,
           CASE WHEN status = '1' THEN CAST(nullif(value, '') AS DOUBLE) END AS value,
           CASE WHEN status = '1' THEN CAST(nullif(n, '') AS BIGINT) END AS n
    FROM {cells} WHERE list_contains($measures, measure)
)
SELECT
    $partner AS partner, g.programme, m.measure, t.value, t.n, coalesce(t.status, -1) AS status,
    CASE WHEN t.status IS NULL THEN coalesce(r.why, $unknown)
         WHEN t.status <> 1 THEN coalesce(r.why, $unshown) END AS reason
FROM {programmes} AS g
CROSS JOIN (SELECT unnest($measures) AS measure) AS m
LEFT JOIN told AS t ON t.programme = g.programme AND t.measure = m.measure
LEFT JOIN reasons AS r ON r.programme = g.programme
