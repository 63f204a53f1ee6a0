-- The long form of outcome tables. Reads: figures.

CREATE TEMP TABLE cells AS
WITH filled AS (
    SELECT * REPLACE (
        coalesce(certifier, 'all') AS certifier, coalesce(credential, 'all') AS credential,
        coalesce(cohort, 'all') AS cohort, coalesce(age_band, 'all') AS age_band, coalesce(sex, 'all') AS sex,
        coalesce(race, 'all') AS race, coalesce(ethnicity, 'all') AS ethnicity, coalesce(state, 'all') AS state,
        coalesce(sector, 'all') AS sector, coalesce(setting, 'all') AS setting, coalesce(definition, measure) AS definition
    )
    FROM figures
), placed AS (
    SELECT *, CASE WHEN credential <> 'all' THEN 'credential' WHEN certifier <> 'all' THEN 'certifier'
                   WHEN cohort <> 'all' THEN 'cohort' WHEN age_band <> 'all' THEN 'age_band' WHEN sex <> 'all' THEN 'sex'
                   WHEN race <> 'all' THEN 'race' WHEN ethnicity <> 'all' THEN 'ethnicity' WHEN state <> 'all' THEN 'state'
                   ELSE 'all' END AS rollup_level
    FROM filled
)
SELECT
    '' AS release, getvariable('industry') AS industry,
    "table" || CASE WHEN "table" <> 'earnings' THEN '' WHEN rollup_level = 'all' THEN '_overall'
                    WHEN rollup_level = 'age_band' THEN '_by_age' ELSE '_by_' || rollup_level END AS "table",
    getvariable('industry') || '/' || measure || CASE WHEN definition = measure THEN '' ELSE '/' || definition END
        || CASE WHEN certifier = 'all' THEN '' ELSE '/certifier=' || certifier END
        || CASE WHEN credential = 'all' THEN '' ELSE '/credential=' || credential END
        || CASE WHEN cohort = 'all' THEN '' ELSE '/cohort=' || cohort END
        || CASE WHEN age_band = 'all' THEN '' ELSE '/age_band=' || age_band END
        || CASE WHEN sex = 'all' THEN '' ELSE '/sex=' || sex END
        || CASE WHEN race = 'all' THEN '' ELSE '/race=' || race END
        || CASE WHEN ethnicity = 'all' THEN '' ELSE '/ethnicity=' || ethnicity END
        || CASE WHEN state = 'all' THEN '' ELSE '/state=' || state END
        || CASE WHEN sector = 'all' THEN '' ELSE '/sector=' || sector END
        || CASE WHEN setting = 'all' THEN '' ELSE '/setting=' || setting END
        || CASE WHEN horizon IS NULL THEN '' ELSE '/h=' || horizon END AS cell_id,
    certifier, credential, cohort, age_band, sex, race, ethnicity, state, sector, horizon, measure, round(value, 6) AS value,
    unit, CASE WHEN unit = 'usd' THEN CAST(getvariable('base_year') AS INTEGER) END AS base_year,
    n, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, CASE WHEN value IS NULL THEN -1 ELSE 1 END AS status,
    rollup_level, setting, definition
FROM placed;
