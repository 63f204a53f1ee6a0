-- Sittings, and the years after the first one. Reads: events, persons, sitters, worked, covered, uncovered, figures and variables.

CREATE TEMP TABLE tries AS
WITH numbered AS (
    SELECT person, certifier, credential, passed, day,
           row_number() OVER (PARTITION BY person, certifier, credential ORDER BY day, passed) AS nth
    FROM events WHERE passed >= 0 AND list_contains(getvariable('reporting'), certifier)
)
SELECT person, certifier, credential, min_by(passed, nth) AS first_passed, count(*) AS sittings,
       count(*) FILTER (passed = 1) AS passes, coalesce(min(nth) FILTER (passed = 1), count(*)) AS until,
       min(day) AS first_day, min(day) FILTER (passed = 1) AS passed_day
FROM numbered
GROUP BY person, certifier, credential
HAVING year(min(day)) BETWEEN getvariable('first_year') AND getvariable('last_year');

INSERT INTO figures BY NAME
SELECT 'attempts' AS "table", unnest(['attempts', 'passes', 'first_attempt_pass_rate', 'eventual_pass_rate']) AS measure,
       unnest(['count', 'count', 'share', 'share']) AS unit, certifier, credential,
       unnest([sum(sittings), sum(passes), count(*) FILTER (first_passed = 1) / count(*),
               count(*) FILTER (passes > 0) / count(*)]) AS value,
       count(*) AS n
FROM tries GROUP BY GROUPING SETS ((certifier), (certifier, credential));

INSERT INTO figures BY NAME
SELECT 'attempts' AS "table", 'yearly_pass_rate' AS measure, 'share' AS unit, certifier, CAST(year(first_day) AS VARCHAR) AS setting,
       count(*) FILTER (first_passed = 1) / count(*) AS value, count(*) AS n
FROM tries GROUP BY certifier, year(first_day);

-- Passing curves, of pairs of a person and a credential: by sittings, of those observed for two years, and by days since the
-- first one, of those observed for so long.
CREATE TEMP TABLE points AS
SELECT 'sitting' AS axis, unnest([1, 2, 3, 4, 5]) AS point, point AS reach
UNION ALL
SELECT 'months', unnest([1, 3, 6, 12, 24]) AS point, CAST(round_even(point * 365.25 / 12, 0) AS BIGINT);

-- A pair leaves unpassed after its last sitting, or on the last day of the records.
CREATE TEMP TABLE curves AS
WITH last AS (SELECT max(day) AS day FROM events),
pairs AS (
    SELECT certifier, credential, passes > 0 AS passed, unnest(['sitting', 'months']) AS axis,
           unnest([until, coalesce(passed_day, last.day) - first_day]) AS time,
           last.day - first_day AS observed
    FROM tries CROSS JOIN last
), counted AS (
    SELECT certifier, credential, axis, passed, time, observed, count(*) AS n FROM pairs GROUP BY ALL
)
SELECT unnest(['all', certifier, certifier]) AS certifier, unnest(['all', 'all', credential]) AS credential,
       axis, passed, time, observed, n
FROM counted;

INSERT INTO figures BY NAME
SELECT 'attempts' AS "table", 'passing_share' AS measure, 'share' AS unit, certifier, credential,
       axis || '_' || point AS setting, coalesce(sum(c.n) FILTER (passed AND time <= reach), 0) / sum(c.n) AS value,
       CAST(sum(c.n) AS BIGINT) AS n
FROM curves AS c JOIN points USING (axis)
WHERE observed >= CASE axis WHEN 'sitting' THEN 730 ELSE reach END
GROUP BY certifier, credential, axis, point;

-- Kaplan and Meier: the product over the times of passing of the share that did not pass, of those still at risk.
INSERT INTO figures BY NAME
WITH times AS (
    SELECT certifier, credential, axis, time, coalesce(sum(n) FILTER (passed), 0) AS passing, sum(n) AS leaving
    FROM curves GROUP BY ALL
), risk AS (
    SELECT *, sum(leaving) OVER (PARTITION BY certifier, credential, axis ORDER BY time DESC) AS at_risk FROM times
)
SELECT 'attempts' AS "table", 'passing_share' AS measure, 'kaplan_meier' AS definition, 'share' AS unit, certifier, credential,
       axis || '_' || point AS setting, 1 - coalesce(product(1 - passing / at_risk) FILTER (time <= reach), 1) AS value,
       CAST(max(at_risk) FILTER (time >= reach) AS BIGINT) AS n
FROM risk JOIN points USING (axis)
GROUP BY certifier, credential, axis, point
HAVING max(time) >= any_value(reach);

-- One row a person and covered year after the first sitting.
CREATE TEMP TABLE after_sitting AS
SELECT s.*, CAST(h.horizon AS INTEGER) AS horizon, s.death_year = 0 OR s.death_year >= v.year AS alive,
       w.wages IS NOT NULL AS matched, CAST(w.wages AS DOUBLE) * v.factor AS real, coalesce(w.inside, false) AS inside
FROM sitters AS s
CROSS JOIN (SELECT unnest(range(getvariable('first_horizon'), getvariable('last_horizon') + 1)) AS horizon) AS h
JOIN covered AS v ON v.year = s.sitting_year + h.horizon
LEFT JOIN worked AS w
    ON w.person_key = s.person_key AND w.year = v.year AND (s.death_year = 0 OR s.death_year >= w.year)
WHERE (s.person, v.year) NOT IN (SELECT (person, year) FROM uncovered);

CREATE TEMP TABLE first_sittings AS SELECT *, CAST(NULL AS INTEGER) AS horizon FROM sitters;
