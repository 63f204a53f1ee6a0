-- One row a unit and year with what the measures ask. Reads: follow_ups and variables.

CREATE TEMP MACRO sector_of(naics) AS
    CASE left(naics, 2)
        WHEN '31' THEN '31-33' WHEN '32' THEN '31-33' WHEN '33' THEN '31-33' WHEN '44' THEN '44-45' WHEN '45' THEN '44-45'
        WHEN '48' THEN '48-49' WHEN '49' THEN '48-49' ELSE left(naics, 2) END;

CREATE TEMP TABLE frame AS
WITH marks AS (
    SELECT unit, avg(real) FILTER (matched AND horizon IN (-3, -2)) AS before,
           coalesce(bool_or(matched) FILTER (horizon = -1), false) AS seen_before,
           coalesce(bool_or(inside) FILTER (horizon = -1), false) AS started,
           any_value(naics) FILTER (matched AND horizon = -1) AS naics_before,
           coalesce(bool_or(inside) FILTER (horizon = 1), false) AS entered
    FROM follow_ups GROUP BY unit
)
SELECT f.*, m.started, m.seen_before, m.entered, f.real - m.before AS change,
       m.entered AND f.horizon >= 2 AND f.inside AS stayer,
       m.entered AND f.horizon >= 2 AND f.matched AND NOT f.inside AS leaver,
       f.matched AND f.nominal >= getvariable('attached') AS attached,
       sector_of(f.naics) AS sector, sector_of(m.naics_before) AS sector_before
FROM follow_ups AS f JOIN marks AS m USING (unit);

-- Of the living-wage line, twice the guideline of one person: who had reached it in that year or an earlier one after the
-- award, of those whose years up to then are all covered and whose state has a price level and the guideline.
CREATE TEMP TABLE reached AS
SELECT unit, certifier, credential, cohort, age_band, sex, race, ethnicity, state, horizon,
       coalesce(bool_or(buys > 2 * getvariable('poverty')[1]) OVER so_far, false) AS reached,
       count(*) OVER so_far = horizon AS followed
FROM frame WHERE lead AND horizon >= 1 AND priced
WINDOW so_far AS (PARTITION BY unit ORDER BY horizon);

-- Filled by everything below; a dimension that is not told apart is NULL.
CREATE TEMP TABLE figures (
    "table" VARCHAR, measure VARCHAR, definition VARCHAR, unit VARCHAR, certifier VARCHAR, credential VARCHAR, cohort VARCHAR,
    age_band VARCHAR, sex VARCHAR, race VARCHAR, ethnicity VARCHAR, state VARCHAR, sector VARCHAR, setting VARCHAR,
    horizon INTEGER, value DOUBLE, n BIGINT
);
