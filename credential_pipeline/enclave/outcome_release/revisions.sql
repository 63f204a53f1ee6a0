-- Of the figures that readers saw in the last release: how many there were, how many are not shown any more, how many changed by more than
-- the amount that is stated.
WITH before AS (
    SELECT cell_id, unit, CAST(value AS DOUBLE) AS value FROM read_csv($path, header = true, all_varchar = true) WHERE status = '1'
), judged AS (
    SELECT n.status IS DISTINCT FROM 1 AS gone,
           CASE WHEN b.unit = 'share' THEN abs(n.value - b.value) > $points
                ELSE abs(n.value - b.value) > $part * abs(b.value) END AS changed
    FROM before AS b LEFT JOIN outcome_release.published_outcomes AS n USING (cell_id)
)
SELECT count(*), count(*) FILTER (gone), count(*) FILTER (NOT gone AND changed) FROM judged
