-- One row a unit and year with what the measures ask. Reads: follow_ups.

CREATE TEMP TABLE frame AS
WITH marks AS (
    SELECT unit, any_value(real) FILTER (horizon = -3) AS three_before, any_value(real) FILTER (horizon = -2) AS two_before,
           bool_or(inside) FILTER (horizon = -1) AS started, coalesce(bool_or(inside) FILTER (horizon = 1), false) AS entered
    FROM follow_ups GROUP BY unit
)
SELECT f.*, m.started, m.entered, f.real - (m.three_before + m.two_before) / 2 AS change,
       m.entered AND f.horizon >= 2 AND f.inside AS stayer,
       m.entered AND f.horizon >= 2 AND f.matched AND NOT f.inside AS leaver,
       f.matched AND f.nominal >= getvariable('attached') AS attached,
       CASE left(f.naics, 2)
           WHEN '31' THEN '31-33' WHEN '32' THEN '31-33' WHEN '33' THEN '31-33'
           WHEN '44' THEN '44-45' WHEN '45' THEN '44-45' WHEN '48' THEN '48-49' WHEN '49' THEN '48-49'
           ELSE left(f.naics, 2) END AS sector
FROM follow_ups AS f JOIN marks AS m USING (unit);

-- Filled by everything below; a dimension that is not told apart is NULL.
CREATE TEMP TABLE figures (
    "table" VARCHAR, measure VARCHAR, definition VARCHAR, unit VARCHAR, certifier VARCHAR, credential VARCHAR, cohort VARCHAR,
    age_band VARCHAR, sex VARCHAR, race VARCHAR, ethnicity VARCHAR, state VARCHAR, sector VARCHAR, setting VARCHAR,
    horizon INTEGER, value DOUBLE, n BIGINT
);
