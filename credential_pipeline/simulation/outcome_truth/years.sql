-- Where everybody is in the years around the award or the first sitting. Reads: cohort, sitters, wages, quarterly, employers,
-- uncovered, prices, parities and variables.

-- One row a person and year: all wages, and the employer that paid most (of equals the smallest id) with its NAICS code.
CREATE TEMP TABLE worked AS
WITH spans AS (
    SELECT person_key, min(year) + getvariable('first_horizon') AS first_year, max(year) + getvariable('last_horizon') AS last_year
    FROM (SELECT person_key, award_year AS year FROM cohort UNION ALL SELECT person_key, sitting_year FROM sitters)
    GROUP BY person_key
), jobs AS (
    SELECT w.person_key, w.year, w.employer_id, w.wages
    FROM wages AS w JOIN spans AS s ON s.person_key = w.person_key AND w.year BETWEEN s.first_year AND s.last_year
), years AS (
    SELECT person_key, year, sum(CAST(wages AS BIGINT)) AS wages, arg_min(employer_id, (-wages, employer_id)) AS employer_id
    FROM jobs GROUP BY person_key, year
)
SELECT y.*, e.naics, e.inside
FROM years AS y JOIN (
    SELECT employer_id, naics,
           list_bool_or(list_transform(getvariable('naics'), lambda x: starts_with(naics, x))) AS inside
    FROM employers
) AS e USING (employer_id);

CREATE TEMP TABLE quarters AS
SELECT person_key, year, count(DISTINCT quarter) AS quarters FROM quarterly SEMI JOIN cohort USING (person_key) GROUP BY ALL;

-- Calendar years of the wage files that can be followed, with the factor into dollars of the base year.
CREATE TEMP TABLE covered AS
SELECT p.year, base.index / p.index AS factor
FROM {prices} AS p JOIN {prices} AS base ON base.year = getvariable('base_year')
WHERE p.year IN (SELECT DISTINCT year FROM wages);

-- One row a unit and covered year. Who died before the year stays in it, without wages; who lives in a state whose wages of the
-- year are missing does not.
CREATE TEMP TABLE follow_ups AS
SELECT c.*, CAST(h.horizon AS INTEGER) AS horizon, c.death_year = 0 OR c.death_year >= v.year AS alive,
       w.wages IS NOT NULL AS matched, w.wages AS nominal, CAST(w.wages AS DOUBLE) * v.factor AS real,
       coalesce(w.inside, false) AS inside, w.naics, w.employer_id, coalesce(w.quarters, 0) AS quarters,
       CAST(w.wages AS DOUBLE) * v.factor / r.parity * 100 AS buys, r.parity IS NOT NULL AS priced
FROM cohort AS c
CROSS JOIN (SELECT unnest(range(getvariable('first_horizon'), getvariable('last_horizon') + 1)) AS horizon) AS h
JOIN covered AS v ON v.year = c.award_year + h.horizon
LEFT JOIN (FROM worked LEFT JOIN quarters USING (person_key, year)) AS w
    ON w.person_key = c.person_key AND w.year = v.year AND (c.death_year = 0 OR c.death_year >= w.year)
LEFT JOIN {parities} AS r ON r.state = c.state
WHERE (c.person, v.year) NOT IN (SELECT (person, year) FROM uncovered);
