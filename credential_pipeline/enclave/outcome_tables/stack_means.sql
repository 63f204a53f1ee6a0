WITH spread AS (
    SELECT coalesce(certifier, 'all') AS certifier,
           sqrt((sum(credentials * credentials) - sum(credentials) * sum(credentials) / count(*))
                / nullif(count(*) - 1, 0)) AS deviation
    FROM {stacks} GROUP BY GROUPING SETS ((), (certifier)) HAVING coalesce(certifier, '') <> 'all'
)
SELECT
    'stacking' AS "table", 'credentials_per_learner' AS measure, 'mean' AS unit, c.certifier,
    t.value AS n, c.value / t.value AS value,
    mean_low(c.value / t.value, s.deviation, t.value) AS low,
    mean_high(c.value / t.value, s.deviation, t.value) AS high,
    t.count_id AS n_count_id, c.count_id AS numerator_count_id
FROM {counts} AS c
JOIN {counts} AS t USING (who)
JOIN spread AS s ON s.certifier = c.certifier
WHERE c.quantity = 'stack_credentials' AND t.quantity = $cohort AND t.horizon IS NULL
