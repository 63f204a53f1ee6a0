WITH medians AS (
    SELECT
        c.*, percentile(d.earnings, 0.5) AS median, smoothed(d.earnings, 0.5) AS publishable
    FROM {counts} AS c
    LEFT JOIN {distributions} AS d
        ON d.workplace = CASE c.quantity WHEN 'in_industry' THEN 'in' ELSE 'out' END AND d.horizon = c.horizon AND d.who = c.who
    WHERE c.quantity IN ('in_industry', 'out_of_industry') AND c.dimension IN ('all', 'race') AND c.horizon >= 1
)
SELECT
    'premium' AS "table", 'in_industry_premium' AS measure, 'usd' AS unit,
    i.certifier, i.credential, i.cohort, i.age_band, i.sex, i.race, i.ethnicity, i.state, horizon,
    i.value + o.value AS n, i.median - o.median AS value, i.publishable - o.publishable AS publishable,
    w.count_id AS n_count_id, i.count_id AS numerator_count_id
FROM medians AS i
JOIN medians AS o USING (who, horizon)
JOIN {counts} AS w USING (who, horizon)
WHERE i.quantity = 'in_industry' AND o.quantity = 'out_of_industry' AND w.quantity = 'wage_matched'
