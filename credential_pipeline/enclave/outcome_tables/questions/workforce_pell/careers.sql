-- One row per programme and learner who sat for one of its credentials, or was awarded one, at its provider. The first day is
-- that of the enrollment at the provider nearest before the first sitting; without one the learner is taken to have begun
-- normal time before it. The programme ends with that enrollment or with the award, whichever comes first.
WITH events AS (
    SELECT
        g.programme, g.opeid, g.weeks, p.pid, p.person_key, p.death_year, c.event_date,
        c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AS is_award
    FROM {credentials} AS c
    JOIN {programmes} AS g
        ON g.certifier = c.certifier AND list_contains(g.codes, c.credential_code)
        AND g.opeid = rpad(replace(c.provider_opeid, '-', ''), 8, '0')
    JOIN {people} AS p USING (person_key)
    WHERE c.event IN ('attempt', 'award') AND c.event_date IS NOT NULL
), firsts AS (
    SELECT
        programme, opeid, weeks, pid, person_key, death_year,
        min(event_date) AS first_day, min(event_date) FILTER (is_award) AS award_date
    FROM events
    GROUP BY ALL
), spells AS (
    SELECT
        f.programme, f.pid, max(e.begin_date) AS begin_date,
        arg_max_null(e.end_date, (e.begin_date, coalesce(e.end_date, DATE '9999-12-31'))) AS end_date
    FROM firsts AS f JOIN {enrollments} AS e
        ON e.person_key = f.person_key AND f.opeid = rpad(replace(e.opeid, '-', ''), 8, '0')
        AND e.begin_date <= f.first_day
        AND coalesce(e.end_date, e.begin_date) >= f.first_day - CAST($window_days AS INTEGER)
    GROUP BY ALL
), careers AS (
    SELECT
        f.*, coalesce(s.begin_date, f.first_day - CAST(round(7 * coalesce(f.weeks, 0)) AS INTEGER)) AS begin_date,
        least(f.award_date, s.end_date) AS last_day
    FROM firsts AS f LEFT JOIN spells AS s USING (programme, pid)
)
SELECT
    programme, pid, person_key, death_year, award_date,
    CAST(year(begin_date) - CAST(month(begin_date) < 7 AS INTEGER) AS INTEGER) AS begun_in,
    CAST(year(award_date) - CAST(month(award_date) < 7 AS INTEGER) AS INTEGER) AS completed_in,
    award_date IS NOT NULL AND last_day <= begin_date + CAST(floor(7 * $times * weeks) AS INTEGER) AS in_time
FROM careers
