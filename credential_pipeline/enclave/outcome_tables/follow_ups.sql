-- One row per unit and horizon. From the year of its revocation on an award makes no holder; of death and revocation that counts
-- which came first, so that nobody changes from one to the other. A main employer without a known NAICS code counts as outside the industry.
WITH years AS (
    SELECT u.*, CAST(h.horizon AS INTEGER) AS horizon, u.award_year + h.horizon AS year
    FROM {units} AS u CROSS JOIN (SELECT unnest(range($first_horizon, $last_horizon + 1)) AS horizon) AS h
)
SELECT
    y.uid, y.pid, y.lead, y.certifier, y.credential, y.cohort, y.age_band, y.sex, y.race, y.ethnicity, y.state, y.horizon, y.year,
    CASE
        WHEN covered.year IS NULL OR shut.year IS NOT NULL THEN 'year_not_covered'
        WHEN y.revoked_year <= y.year AND coalesce(y.death_year >= y.revoked_year, true) THEN 'revoked'
        WHEN y.death_year < y.year THEN 'died_before'
        WHEN w.pid IS NULL THEN 'not_matched'
        ELSE 'wage_matched'
    END AS presence,
    presence = 'wage_matched' AS seen,
    seen AND coalesce(e.in_industry, false) AS in_industry,
    CASE WHEN seen THEN coalesce(e.sector, 'unknown') END AS sector,
    CASE WHEN seen THEN w.employer_id END AS employer_id,
    CASE WHEN seen THEN w.cents / 100 * f.factor END AS real
FROM years AS y
LEFT JOIN {covered_years} AS covered ON covered.year = y.year
LEFT JOIN {shut_years} AS shut ON shut.year = y.year AND shut.state = y.state
LEFT JOIN {person_years} AS w ON w.pid = y.pid AND w.year = y.year
LEFT JOIN {price_factors} AS f ON f.year = y.year
LEFT JOIN {main_employers} AS e ON e.employer_id = w.employer_id
