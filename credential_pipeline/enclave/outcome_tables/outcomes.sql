-- A cell without a value has status -1 and no band. The definition is part of the id only where one measure has several.
-- A label that is marked silent is counted and has no cell, but in tables with categories of their own. States have cells at a few horizons, or the tables would be
-- theirs for the most part.
-- What the wage files do not reach for every award of a cohort has no value, but in the ledger; who never
-- passed has years of their own, and their question sees to it.
WITH silent AS (
    SELECT DISTINCT dimension, within, label FROM {rungs} WHERE silent
), told AS (
    SELECT c.*, c.horizon IS NULL OR c."table" IN ('coverage', 'never_passed') OR r.horizon IS NOT NULL AS is_told
    FROM {cells} AS c LEFT JOIN {reached} AS r ON r.cohort = c.cohort AND r.horizon = c.horizon
), defined AS (
    SELECT c.* REPLACE (
        coalesce(c.definition, c.measure) AS definition, CASE WHEN is_told THEN c.value END AS value,
        CASE WHEN is_told THEN publishable END AS publishable, CASE WHEN is_told THEN n_count_id END AS n_count_id,
        CASE WHEN is_told THEN numerator_count_id END AS numerator_count_id
    )
    FROM told AS c
    WHERE (c.state = 'all' OR c.horizon IS NULL OR list_contains(CAST($state_horizons AS INTEGER[]), c.horizon))
    AND (c.measure = 'without_cell_share' OR NOT EXISTS (
        SELECT 1 FROM silent AS s
        WHERE CASE s.dimension
            WHEN 'certifier'
                THEN c."table" NOT IN ('attempts', 'each', 'never_passed', 'workforce_pell') AND c.certifier = s.label
            WHEN 'credential'
                THEN c."table" NOT IN ('attempts', 'each', 'never_passed', 'workforce_pell') AND c.measure <> 'next_award_effect'
                AND c.certifier = s.within AND c.credential = s.label
            WHEN 'attempts_certifier' THEN c."table" = 'attempts' AND c.certifier = s.label
            WHEN 'attempts_credential'
                THEN c."table" = 'attempts' AND c.certifier = s.within AND c.credential = s.label
            WHEN 'cohort' THEN c.cohort = s.label
            WHEN 'age_band' THEN c."table" <> 'never_passed' AND c.age_band = s.label
            WHEN 'sex' THEN c."table" <> 'never_passed' AND c.sex = s.label
            WHEN 'race' THEN c."table" <> 'never_passed' AND c.race = s.label
            WHEN 'ethnicity' THEN c.ethnicity = s.label
            WHEN 'state' THEN c.state = s.label
            WHEN 'sector' THEN c.sector = s.label
            WHEN 'setting' THEN c.setting = s.label AND c.definition = s.within
        END
    ))
), said AS (
    -- What tells a year's effect once more, and says who paid what it rests on.
    SELECT *, "table" = 'comparison' AND horizon IS NOT NULL AND employers IS NOT NULL AS told_again FROM defined
), banded AS (
    SELECT d.* REPLACE (
               coalesce(b.low, d.low) AS low, coalesce(b.high, d.high) AS high,
               CASE WHEN d.told_again THEN if(d.employers < w.employers, d.employers, w.employers)
                    ELSE coalesce(d.employers, b.employers, w.employers) END AS employers,
               CASE WHEN d.told_again THEN if(d.largest_employer > w.largest_employer, d.largest_employer, w.largest_employer)
                    ELSE coalesce(d.largest_employer, b.largest_employer, w.largest_employer) END AS largest_employer
           ),
           coalesce(b.fragile, false) AS fragile
    FROM said AS d LEFT JOIN {bands} AS b
        ON b.measure = d.measure AND b.definition = d.definition AND b.horizon IS NOT DISTINCT FROM d.horizon
        AND b.certifier = d.certifier AND b.credential = d.credential AND b.cohort = d.cohort
        AND b.age_band = d.age_band AND b.sex = d.sex AND b.race = d.race AND b.ethnicity = d.ethnicity
        AND b.state = d.state AND b.sector = d.sector AND b.setting = d.setting
    -- An amount that does not say who paid it is of people of its group; then it is who pays the group. What tells an effect once more is of both:
    -- where the effect may not be told, nor may it, and where nobody knows who pays the group, neither.
    LEFT JOIN {bands} AS w
        ON (d.unit = 'usd' OR d.told_again) AND d.sector = 'all' AND d.setting = 'all' AND w.horizon = d.horizon
        AND w.measure = CASE WHEN d.measure = 'premium_matched' THEN 'in_industry_premium' ELSE 'earnings_p50' END
        AND w.certifier = d.certifier AND w.credential = d.credential AND w.cohort = d.cohort
        AND w.age_band = d.age_band AND w.sex = d.sex AND w.race = d.race AND w.ethnicity = d.ethnicity
        AND w.state = d.state AND w.sector = 'all' AND w.setting = 'all'
)
SELECT
    '' AS release, CAST($industry AS VARCHAR) AS industry, "table",
    CAST($industry AS VARCHAR) || '/' || measure
        || CASE WHEN definition IN (measure, 'not_reported', 'not_available') THEN '' ELSE '/' || definition END
        || id_tail(who_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state), sector, setting, horizon) AS cell_id,
    certifier, credential, cohort, age_band, sex, race, ethnicity, state, sector,
    horizon, measure,
    round(value, 6) AS value, round(coalesce(publishable, value), 6) AS publishable,
    unit, CASE WHEN unit = 'usd' THEN CAST($base_year AS INTEGER) END AS base_year, n,
    -- A band holds the figure that is published.
    CASE WHEN value IS NOT NULL AND low IS NOT NULL THEN round(least(low, coalesce(publishable, value)), 6) END AS low,
    CASE WHEN value IS NOT NULL AND high IS NOT NULL THEN round(greatest(high, coalesce(publishable, value)), 6) END AS high,
    CASE WHEN value IS NULL THEN -1 ELSE 1 END AS status,
    level_of(certifier, credential, cohort, age_band, sex, race, ethnicity, state, CAST($whole_ranges AS VARCHAR[])) AS rollup_level,
    setting, definition, CAST($attribution AS VARCHAR) AS attribution, fragile, n_count_id, numerator_count_id,
    employers, round(largest_employer, 6) AS largest_employer
FROM banded
