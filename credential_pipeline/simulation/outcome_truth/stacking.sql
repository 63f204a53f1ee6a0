-- How awards follow one another, and other parts of a whole. Reads: awards, cohort, frame, lives, trained and figures.

CREATE TEMP TABLE sequence AS
WITH leads AS (
    SELECT person, min_by(certifier, (day, certifier, credential)) AS lead_certifier FROM cohort GROUP BY person
)
SELECT a.person, l.lead_certifier, a.certifier, a.credential, a.day,
       row_number() OVER (PARTITION BY a.person ORDER BY a.day, a.certifier, a.credential) AS nth,
       lag(a.day) OVER (PARTITION BY a.person ORDER BY a.day, a.certifier, a.credential) AS previous_day,
       lag(a.credential) OVER (PARTITION BY a.person ORDER BY a.day, a.certifier, a.credential) AS previous,
       count(*) OVER (PARTITION BY a.person) AS held
FROM awards AS a JOIN leads AS l USING (person);

INSERT INTO figures BY NAME
SELECT 'stacking' AS "table", 'credentials_per_learner' AS measure, 'mean' AS unit, lead_certifier AS certifier,
       avg(held) AS value, count(*) AS n
FROM sequence WHERE nth = 1 GROUP BY GROUPING SETS ((), (lead_certifier));

INSERT INTO figures BY NAME
WITH held AS (SELECT unnest(['all', lead_certifier]) AS certifier, held FROM sequence WHERE nth = 1)
SELECT 'stacking' AS "table", 'stacking_share' AS measure, definition, 'share' AS unit, certifier,
       count(*) FILTER (held BETWEEN low AND high) / count(*) AS value, count(*) AS n
FROM held CROSS JOIN (VALUES
    ('stack_1', 1, 1), ('stack_2', 2, 2), ('stack_3', 3, 3), ('stack_2_plus', 2, 99), ('stack_3_plus', 3, 99), ('stack_4_plus', 4, 99)
) AS asked (definition, low, high)
GROUP BY certifier, definition;

INSERT INTO figures BY NAME
SELECT 'stacking' AS "table", 'months_to_next_p50' AS measure, 'mean' AS unit, lead_certifier AS certifier,
       ['second', 'third', 'fourth', 'fifth'][nth - 1] AS setting,
       quantile_cont((day - previous_day) / 30.4375, 0.5) AS value, count(*) AS n
FROM sequence WHERE nth BETWEEN 2 AND 5 GROUP BY GROUPING SETS ((nth), (nth, lead_certifier));

-- Who went on to a second award: to which one, overall and by the first.
INSERT INTO figures BY NAME
WITH scoped AS (
    SELECT certifier, credential, unnest(['all', 'after_' || previous]) AS setting FROM sequence WHERE nth = 2
)
SELECT 'stacking' AS "table", 'next_award_share' AS measure, 'share' AS unit, certifier, credential, setting,
       count(*) / any_value(everybody) AS value, any_value(everybody) AS n
FROM (SELECT *, count(*) OVER (PARTITION BY setting) AS everybody FROM scoped)
GROUP BY certifier, credential, setting;

INSERT INTO figures BY NAME
WITH scoped AS (
    SELECT 'sectors' AS "table", 'sector_share' AS measure, unnest(['all', certifier]) AS certifier, horizon, sector
    FROM frame WHERE matched
    UNION ALL
    SELECT 'leaving', 'leaver_sector_share', 'all', horizon, sector FROM frame WHERE lead AND leaver
    UNION ALL
    SELECT 'leaving', 'came_from_share', 'all', horizon, sector_before FROM frame
    WHERE lead AND horizon = 1 AND entered AND seen_before
)
SELECT "table", measure, 'share' AS unit, certifier, horizon, sector, count(*) / any_value(everybody) AS value,
       any_value(everybody) AS n
FROM (SELECT *, count(*) OVER (PARTITION BY measure, certifier, horizon) AS everybody FROM scoped)
GROUP BY ALL;

INSERT INTO figures BY NAME
SELECT 'premium' AS "table", 'in_industry_premium' AS measure, 'usd' AS unit, race, horizon,
       quantile_cont(real, 0.5) FILTER (inside) - quantile_cont(real, 0.5) FILTER (NOT inside) AS value, count(*) AS n
FROM frame WHERE matched AND horizon >= 1
GROUP BY GROUPING SETS ((horizon), (race, horizon));

INSERT INTO figures BY NAME
WITH scoped AS (
    SELECT unnest(['setting_training', 'setting_sector', 'setting_degree', 'setting_credit']) AS definition,
           unnest([training, enrollment_sector, degree, credit]) AS setting, certifier
    FROM trained
), told AS (
    SELECT definition, setting, unnest(['all', certifier]) AS certifier FROM scoped
)
SELECT 'settings' AS "table", 'setting_share' AS measure, definition, 'share' AS unit, certifier, setting,
       count(*) / any_value(everybody) AS value, any_value(everybody) AS n
FROM (SELECT *, count(*) OVER (PARTITION BY definition, certifier) AS everybody FROM told)
GROUP BY definition, certifier, setting;

INSERT INTO figures BY NAME
SELECT 'education' AS "table", 'prior_degree_level_share' AS measure, 'share' AS unit, prior_level AS setting,
       count(*) / any_value(everybody) AS value, any_value(everybody) AS n
FROM (SELECT prior_level, count(*) OVER () AS everybody FROM lives) WHERE prior_level IS NOT NULL GROUP BY prior_level;

-- Annual wages tell years: twelve times the first one by which half had reached the line.
INSERT INTO figures BY NAME
SELECT "table", 'months_to_living_wage_p50' AS measure, 'mean' AS unit, certifier, credential, cohort, age_band, sex, race, ethnicity,
       min(12 * horizon) FILTER (value >= 0.5) AS value, arg_max(n, horizon) AS n
FROM figures WHERE measure = 'living_wage_reached_share'
GROUP BY ALL;
