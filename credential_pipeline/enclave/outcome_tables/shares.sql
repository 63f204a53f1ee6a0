WITH shares AS (
    SELECT unnest(CAST($shares AS STRUCT(
        "table" VARCHAR, measure VARCHAR, definition VARCHAR, part VARCHAR, total VARCHAR
    )[]), recursive := true)
)
SELECT
    s."table", s.measure, s.definition, 'share' AS unit,
    p.certifier, p.credential, p.cohort, p.age_band, p.sex, p.race, p.ethnicity, p.state, p.sector, p.setting, p.horizon,
    t.value AS n, p.value / nullif(t.value, 0) AS value,
    t.count_id AS n_count_id, p.count_id AS numerator_count_id
FROM shares AS s
JOIN {counts} AS p ON p.quantity = s.part
JOIN {counts} AS t
    ON t.quantity = s.total AND t.horizon IS NOT DISTINCT FROM p.horizon AND t.who = p.who
