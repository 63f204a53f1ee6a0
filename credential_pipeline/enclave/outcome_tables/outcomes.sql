-- A cell without a value has status -1 and no band. The definition is part of the id only where one measure has several.
WITH defined AS (
    SELECT * REPLACE (coalesce(definition, measure) AS definition) FROM {cells}
)
SELECT
    '' AS release, CAST($industry AS VARCHAR) AS industry, "table",
    CAST($industry AS VARCHAR) || '/' || measure
        || CASE WHEN definition IN (measure, 'not_reported') THEN '' ELSE '/' || definition END
        || id_tail(certifier, credential, age_band, sex, race, sector, setting, horizon) AS cell_id,
    certifier, credential, 'all' AS cohort, age_band, sex, race, 'all' AS ethnicity, 'all' AS state, sector,
    horizon, measure,
    round(value, 6) AS value, unit, CASE WHEN unit = 'usd' THEN CAST($base_year AS INTEGER) END AS base_year, n,
    CASE WHEN value IS NOT NULL THEN round(low, 6) END AS low,
    CASE WHEN value IS NOT NULL THEN round(high, 6) END AS high,
    CASE WHEN value IS NULL THEN -1 ELSE 1 END AS status,
    dimension_of(certifier, credential, age_band, sex, race) AS rollup_level,
    setting, definition, CAST($attribution AS VARCHAR) AS attribution, n_count_id, numerator_count_id,
    round(value, 6) AS publishable
FROM defined
