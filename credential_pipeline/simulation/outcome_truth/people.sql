-- Who is counted, and at which award. Reads: events, persons, bands, cohort_bands and variables.

CREATE TEMP TABLE awards AS
SELECT person, certifier, credential, level, min(day) AS day, min_by(training, day) AS training, min_by(state, day) AS state
FROM events WHERE event = 'award' GROUP BY ALL;

-- The attributed award of each person; for attribution 'each' every award, of which the first leads. Ages are completed years on the day.
CREATE TEMP TABLE cohort AS
WITH ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY person
        ORDER BY CASE WHEN getvariable('attribution') = 'highest' THEN -level ELSE 0 END, day, certifier, credential
    ) AS nth
    FROM awards
)
SELECT CAST(row_number() OVER (ORDER BY r.person, r.certifier, r.credential) AS INTEGER) AS unit,
       row_number() OVER (PARTITION BY r.person ORDER BY r.day, r.certifier, r.credential) = 1 AS lead,
       r.person, r.certifier, r.credential, r.day, r.training, year(r.day) AS award_year, p.person_key, p.sex, p.race, p.ethnicity,
       r.state, p.death_year, coalesce(b.band, 'unknown') AS age_band, c.band AS cohort
FROM ranked AS r
JOIN persons AS p USING (person)
LEFT JOIN {bands} AS b ON date_sub('year', p.birth, r.day) BETWEEN b.low AND b.high
JOIN {cohort_bands} AS c ON year(r.day) BETWEEN c.low AND c.high
WHERE r.nth = 1 OR getvariable('attribution') = 'each';

-- Persons who sat an examination of a certifier that reports failures, at their first sitting, and whether they ever got an
-- award of the industry. The groups are those of the first sitting.
CREATE TEMP TABLE sitters AS
WITH first AS (
    SELECT person, min(day) AS day, min_by(certifier, (day, certifier, credential)) AS certifier,
           min_by(credential, (day, certifier, credential)) AS credential, min_by(state, (day, certifier, credential)) AS state
    FROM events WHERE passed >= 0 AND list_contains(getvariable('reporting'), certifier)
    GROUP BY person
)
SELECT f.*, year(f.day) AS sitting_year, p.person_key, p.sex, p.race, p.ethnicity, p.death_year,
       coalesce(b.band, 'unknown') AS age_band, c.band AS cohort, a.person IS NULL AS never
FROM first AS f
JOIN persons AS p USING (person)
LEFT JOIN (SELECT DISTINCT person FROM awards) AS a USING (person)
LEFT JOIN {bands} AS b ON date_sub('year', p.birth, f.day) BETWEEN b.low AND b.high
JOIN {cohort_bands} AS c ON year(f.day) BETWEEN c.low AND c.high;
