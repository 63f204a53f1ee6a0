SELECT
    'stacking' AS "table", 'credentials_per_learner' AS measure, 'mean' AS unit, c.certifier,
    t.value AS n, c.value / t.value AS value,
    t.count_id AS n_count_id, c.count_id AS numerator_count_id
FROM {counts} AS c
JOIN {counts} AS t USING (who)
WHERE c.quantity = 'stack_credentials' AND t.quantity = $cohort AND t.horizon IS NULL
