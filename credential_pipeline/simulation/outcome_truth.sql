-- True outcome cells. Reads: events, persons, students, wages, employers, enrollments, bands and prices, and variables.

CREATE TEMP TABLE awards AS
SELECT person, certifier, credential, level, min(day) AS day, min_by(training, day) AS training
FROM events WHERE event = 'award' GROUP BY ALL;

-- The attributed award of each person; for attribution 'each' every award.
CREATE TEMP TABLE cohort AS
WITH ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY person
        ORDER BY CASE WHEN getvariable('attribution') = 'highest' THEN -level ELSE 0 END, day, certifier, credential
    ) AS nth
    FROM awards
)
SELECT r.person, r.certifier, r.credential, r.day, r.training, year(r.day) AS award_year, p.person_key, p.sex, p.race,
       p.death_year, coalesce(b.band, 'unknown') AS age_band
FROM ranked AS r
JOIN persons AS p USING (person)
LEFT JOIN {bands} AS b ON year(r.day) - p.birth_year BETWEEN b.low AND b.high
WHERE (r.nth = 1 OR getvariable('attribution') = 'each')
  AND year(r.day) BETWEEN getvariable('first_year') AND getvariable('last_year');

-- One row a person and year: all wages, and the NAICS code of the employer that paid most (of equals the smallest id).
CREATE TEMP TABLE worked AS
WITH jobs AS (
    SELECT w.person_key, w.year, w.employer_id, w.wages
    FROM wages AS w JOIN (
        SELECT person_key, min(award_year) + getvariable('first_horizon') AS first_year,
               max(award_year) + getvariable('last_horizon') AS last_year
        FROM cohort GROUP BY person_key
    ) AS c ON c.person_key = w.person_key AND w.year BETWEEN c.first_year AND c.last_year
)
SELECT person_key, year, sum(CAST(wages AS BIGINT)) AS wages, arg_min(naics, (-wages, employer_id)) AS naics
FROM jobs JOIN employers USING (employer_id)
GROUP BY person_key, year;

-- One row a learner and covered year. Who died before the year stays in it, without wages.
CREATE TEMP TABLE frame AS
SELECT c.*, h.horizon, w.wages IS NOT NULL AS matched,
       CAST(w.wages AS DOUBLE) * base.index / p.index AS real,
       w.wages IS NOT NULL AND list_bool_or(list_transform(getvariable('naics'), lambda x: starts_with(w.naics, x))) AS inside,
       CASE left(w.naics, 2)
           WHEN '31' THEN '31-33' WHEN '32' THEN '31-33' WHEN '33' THEN '31-33'
           WHEN '44' THEN '44-45' WHEN '45' THEN '44-45' WHEN '48' THEN '48-49' WHEN '49' THEN '48-49'
           ELSE left(w.naics, 2) END AS sector
FROM cohort AS c
CROSS JOIN (SELECT unnest(range(getvariable('first_horizon'), getvariable('last_horizon') + 1)) AS horizon) AS h
LEFT JOIN worked AS w
    ON w.person_key = c.person_key AND w.year = c.award_year + h.horizon
    AND (c.death_year = 0 OR c.death_year >= w.year)
LEFT JOIN {prices} AS p ON p.year = c.award_year + h.horizon
LEFT JOIN {prices} AS base ON base.year = getvariable('base_year')
WHERE c.award_year + h.horizon IN (SELECT DISTINCT year FROM wages);

CREATE TEMP TABLE trained AS
WITH near AS (
    SELECT c.person, c.certifier, c.credential, e.sector,
           CASE e.degree_seeking WHEN 'Y' THEN 'degree_seeking' ELSE 'not_degree_seeking' END AS degree,
           CASE e.credit WHEN 'Y' THEN 'credit' ELSE 'noncredit' END AS credit,
           row_number() OVER (
               PARTITION BY c.person, c.certifier, c.credential
               ORDER BY greatest(c.day - e.end_date, 0), e.begin_date DESC, e.sector, e.degree_seeking DESC, e.credit DESC
           ) AS nth
    FROM cohort AS c JOIN students AS s USING (person) JOIN enrollments AS e USING (student_id)
    WHERE e.begin_date <= c.day AND e.end_date >= c.day - CAST(getvariable('window_days') AS INTEGER)
)
SELECT c.*, coalesce(n.sector, 'no_enrollment') AS enrollment_sector, coalesce(n.degree, 'no_enrollment') AS degree,
       coalesce(n.credit, 'no_enrollment') AS credit
FROM cohort AS c LEFT JOIN near AS n
    ON n.person = c.person AND n.certifier = c.certifier AND n.credential = c.credential AND n.nth = 1;

CREATE TEMP TABLE tries AS
SELECT e.person, e.certifier, e.credential, min_by(e.passed, (e.day, e.passed)) AS first_passed,
       count(*) AS sittings, count(*) FILTER (e.passed = 1) AS passes
FROM events AS e JOIN persons USING (person)
WHERE e.passed >= 0 AND list_contains(getvariable('reporting'), e.certifier)
GROUP BY ALL
HAVING year(min(e.day)) BETWEEN getvariable('first_year') AND getvariable('last_year');

CREATE TEMP TABLE figures (
    "table" VARCHAR, measure VARCHAR, definition VARCHAR, unit VARCHAR, certifier VARCHAR, credential VARCHAR,
    age_band VARCHAR, sex VARCHAR, race VARCHAR, sector VARCHAR, setting VARCHAR, horizon INTEGER, value DOUBLE, n BIGINT
);

INSERT INTO figures BY NAME
SELECT 'earnings_' || CASE WHEN credential IS NOT NULL THEN 'by_credential' WHEN certifier IS NOT NULL THEN 'by_certifier'
           WHEN age_band IS NOT NULL THEN 'by_age' WHEN sex IS NOT NULL THEN 'by_sex' WHEN race IS NOT NULL THEN 'by_race'
           ELSE 'overall' END AS "table",
       'earnings_p' || percent AS measure, 'usd' AS unit, certifier, credential, age_band, sex, race, horizon,
       list_extract(found, place) AS value, n
FROM (
    SELECT certifier, credential, age_band, sex, race, horizon, count(*) AS n,
           quantile_cont(real, [0.25, 0.5, 0.75]) AS found
    FROM frame WHERE matched
    GROUP BY GROUPING SETS (
        (horizon), (certifier, horizon), (certifier, credential, horizon), (age_band, horizon), (sex, horizon), (race, horizon)
    )
) CROSS JOIN (VALUES (1, 25), (2, 50), (3, 75)) AS asked (place, percent);

INSERT INTO figures BY NAME
SELECT unnest(['wage_matched', 'industry_share']) AS "table", unnest(['wage_matched_share', 'in_industry_share']) AS measure,
       'share' AS unit, certifier, credential, age_band, sex, race, horizon,
       unnest([count(*) FILTER (matched) / count(*), count(*) FILTER (inside) / nullif(count(*) FILTER (matched), 0)]) AS value,
       unnest([count(*), count(*) FILTER (matched)]) AS n
FROM frame
GROUP BY GROUPING SETS (
    (horizon), (certifier, horizon), (certifier, credential, horizon), (age_band, horizon), (sex, horizon), (race, horizon)
);

INSERT INTO figures BY NAME
SELECT 'sectors' AS "table", 'sector_share' AS measure, 'share' AS unit, certifier, horizon, sector,
       count(*) / any_value(everybody) AS value, any_value(everybody) AS n
FROM (
    SELECT 'all' AS certifier, horizon, sector, count(*) OVER (PARTITION BY horizon) AS everybody FROM frame WHERE matched
    UNION ALL
    SELECT certifier, horizon, sector, count(*) OVER (PARTITION BY certifier, horizon) FROM frame WHERE matched
)
GROUP BY certifier, horizon, sector;

INSERT INTO figures BY NAME
SELECT 'premium' AS "table", 'in_industry_premium' AS measure, 'usd' AS unit, race, horizon,
       quantile_cont(real, 0.5) FILTER (inside) - quantile_cont(real, 0.5) FILTER (NOT inside) AS value, count(*) AS n
FROM frame WHERE matched AND horizon >= 1
GROUP BY GROUPING SETS ((horizon), (race, horizon));

INSERT INTO figures BY NAME
SELECT 'settings' AS "table", 'setting_share' AS measure, definition, 'share' AS unit, certifier, setting,
       count(*) / any_value(everybody) AS value, any_value(everybody) AS n
FROM (
    SELECT definition, setting, scope AS certifier, count(*) OVER (PARTITION BY definition, scope) AS everybody
    FROM (
        SELECT unnest(['setting_training', 'setting_sector', 'setting_degree', 'setting_credit']) AS definition,
               unnest([training, enrollment_sector, degree, credit]) AS setting, certifier
        FROM trained
    ) CROSS JOIN (SELECT unnest(['all', 'own']) AS kind), LATERAL (SELECT CASE kind WHEN 'all' THEN 'all' ELSE certifier END AS scope)
)
GROUP BY definition, certifier, setting;

INSERT INTO figures BY NAME
SELECT 'attempts' AS "table", unnest(['attempts', 'passes', 'first_attempt_pass_rate', 'eventual_pass_rate']) AS measure,
       unnest(['count', 'count', 'share', 'share']) AS unit, certifier, credential,
       unnest([sum(sittings), sum(passes), count(*) FILTER (first_passed = 1) / count(*),
               count(*) FILTER (passes > 0) / count(*)]) AS value,
       count(*) AS n
FROM tries GROUP BY GROUPING SETS ((certifier), (certifier, credential));

INSERT INTO figures BY NAME
SELECT 'stacking' AS "table", 'credentials_per_learner' AS measure, 'mean' AS unit, lead.certifier, avg(held.n) AS value,
       count(*) AS n
FROM (SELECT person, count(*) AS n FROM awards GROUP BY person) AS held
JOIN (SELECT person, min_by(certifier, (day, certifier, credential)) AS certifier FROM cohort GROUP BY person) AS lead
    USING (person)
GROUP BY GROUPING SETS ((), (lead.certifier));

CREATE TEMP TABLE cells AS
WITH filled AS (
    SELECT * REPLACE (
        coalesce(certifier, 'all') AS certifier, coalesce(credential, 'all') AS credential,
        coalesce(age_band, 'all') AS age_band, coalesce(sex, 'all') AS sex, coalesce(race, 'all') AS race,
        coalesce(sector, 'all') AS sector, coalesce(setting, 'all') AS setting, coalesce(definition, measure) AS definition
    )
    FROM figures
)
SELECT
    '' AS release, getvariable('industry') AS industry, "table",
    getvariable('industry') || '/' || measure || CASE WHEN definition = measure THEN '' ELSE '/' || definition END
        || CASE WHEN certifier = 'all' THEN '' ELSE '/certifier=' || certifier END
        || CASE WHEN credential = 'all' THEN '' ELSE '/credential=' || credential END
        || CASE WHEN age_band = 'all' THEN '' ELSE '/age_band=' || age_band END
        || CASE WHEN sex = 'all' THEN '' ELSE '/sex=' || sex END
        || CASE WHEN race = 'all' THEN '' ELSE '/race=' || race END
        || CASE WHEN sector = 'all' THEN '' ELSE '/sector=' || sector END
        || CASE WHEN setting = 'all' THEN '' ELSE '/setting=' || setting END
        || CASE WHEN horizon IS NULL THEN '' ELSE '/h=' || horizon END AS cell_id,
    certifier, credential, 'all' AS cohort, age_band, sex, race, 'all' AS ethnicity, 'all' AS state, sector, horizon,
    measure, round(value, 6) AS value, unit, CASE WHEN unit = 'usd' THEN CAST(getvariable('base_year') AS INTEGER) END
        AS base_year,
    n, CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high, CASE WHEN value IS NULL THEN -1 ELSE 1 END AS status,
    CASE WHEN credential <> 'all' THEN 'credential' WHEN certifier <> 'all' THEN 'certifier'
         WHEN age_band <> 'all' THEN 'age_band' WHEN sex <> 'all' THEN 'sex' WHEN race <> 'all' THEN 'race' ELSE 'all' END
        AS rollup_level,
    setting, definition
FROM filled;
