-- People whose first event, of all certifiers, is a sitting in a year that reports attempts, at that sitting. On one day
-- the smallest certifier counts.
WITH events AS (
    SELECT p.pid, c.certifier, c.event_date, c.age, y.reported AND (c.event = 'attempt' OR c.result IS NOT NULL) AS sat
    FROM {credentials} AS c
    JOIN {people} AS p USING (person_key)
    JOIN {years} AS y ON y.certifier = c.certifier AND y.year = year(c.event_date)
    WHERE c.event IN ('attempt', 'award')
), firsts AS (
    SELECT pid, CAST(year(min(event_date)) AS INTEGER) AS award_year,
           arg_min(certifier, (event_date, certifier)) FILTER (sat) AS certifier,
           arg_min(age, (event_date, certifier, age)) FILTER (sat) AS age
    FROM events
    GROUP BY pid
    HAVING min(event_date) FILTER (sat) = min(event_date) AND year(min(event_date)) BETWEEN $first_year AND $last_year
)
SELECT
    CAST(row_number() OVER (ORDER BY pid) AS INTEGER) AS uid, pid, true AS lead, p.person_key,
    a.pid IS NULL AS never_passed, f.award_year, f.certifier, 'all' AS credential, 'all' AS cohort,
    coalesce(range_of(f.age, $age_bands), 'unknown') AS age_band,
    p.sex, p.race, p.ethnicity, p.state, p.death_year, CAST(NULL AS INTEGER) AS revoked_year
FROM firsts AS f
JOIN {people} AS p USING (pid)
LEFT JOIN (SELECT DISTINCT pid FROM {awards}) AS a USING (pid)
