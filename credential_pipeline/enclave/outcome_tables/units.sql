-- Of a person's awards the first, under 'highest' the first of those of the highest level, under 'each' every one. Codes
-- break ties, so that the choice never depends on row order.
WITH ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY pid
        ORDER BY CASE WHEN CAST($attribution AS VARCHAR) = 'highest' THEN level END DESC, award_date, certifier, credential
    ) AS nth
    FROM {awards}
), chosen AS (
    SELECT *, CAST(year(award_date) AS INTEGER) AS award_year
    FROM ranked JOIN {people} USING (pid)
    WHERE (CAST($attribution AS VARCHAR) = 'each' OR nth = 1) AND year(award_date) BETWEEN $first_year AND $last_year
)
SELECT
    CAST(row_number() OVER (ORDER BY pid, certifier, credential) AS INTEGER) AS uid,
    pid,
    row_number() OVER (PARTITION BY pid ORDER BY award_date, certifier, credential) = 1 AS lead,
    certifier, credential, certifier AS own_certifier, credential AS own_credential, award_date, award_year, training_setting,
    coalesce(list_filter(
        CAST($age_bands AS STRUCT(label VARCHAR, low INTEGER, high INTEGER)[]), lambda band: age BETWEEN band.low AND band.high
    )[1].label, 'unknown') AS age_band,
    list_filter(
        CAST($cohort_bands AS STRUCT(label VARCHAR, low INTEGER, high INTEGER)[]),
        lambda band: award_year BETWEEN band.low AND band.high
    )[1].label AS cohort,
    sex, race, ethnicity, state, death_year
FROM chosen
