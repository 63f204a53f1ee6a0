-- Of a person's awards the first, under 'highest' the first of those of the highest level, under 'each' every one; an award that
-- was revoked in its own year, so that it never had a year of its own, comes after all others. Codes break ties, so that the choice never depends on
-- row order.
WITH ranked AS (
    SELECT *, coalesce(revoked_year = year(award_date), false) AS at_once, row_number() OVER (
        PARTITION BY pid
        ORDER BY at_once, CASE WHEN CAST($attribution AS VARCHAR) = 'highest' THEN level END DESC, award_date, certifier, credential
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
    row_number() OVER (PARTITION BY pid ORDER BY at_once, award_date, certifier, credential) = 1 AS lead,
    certifier, credential, certifier AS own_certifier, credential AS own_credential, award_date, award_year, training_setting,
    coalesce(range_of(age, $age_bands), 'unknown') AS age_band,
    range_of(award_year, $cohort_bands) AS cohort,
    sex, race, ethnicity, state, death_year, revoked_year
FROM chosen
