-- By state the median alone, or the tables would be the states' for the most part.
SELECT
    CASE c.dimension
        WHEN 'all' THEN 'earnings_overall'
        WHEN 'age_band' THEN 'earnings_by_age'
        ELSE 'earnings_by_' || c.dimension
    END AS "table",
    c.certifier, c.credential, c.cohort, c.age_band, c.sex, c.race, c.ethnicity, c.state, c.horizon,
    'earnings_p' || q.percent AS measure, 'usd' AS unit, c.value AS n, c.count_id AS n_count_id,
    percentile(d.earnings, q.percent / 100) AS value,
    smoothed(d.earnings, q.percent / 100) AS publishable
FROM {counts} AS c
LEFT JOIN (SELECT * FROM {distributions} WHERE workplace = 'all') AS d
    USING (horizon, who)
CROSS JOIN (SELECT unnest(CAST($percents AS INTEGER[])) AS percent) AS q
WHERE c.quantity = 'wage_matched' AND (c.dimension <> 'state' OR q.percent = 50)
