-- One row per person at the award at which the person is counted. An enrollment without an end is taken for one that lasts
-- half a year. The registry's last day is that by which all but one in a thousand of its spells begin and degrees are given, so that
-- no slip of a date moves it; a registry without any has none.
WITH spells AS (
    SELECT p.pid, e.begin_date, coalesce(e.end_date, e.begin_date + INTERVAL 6 MONTH) AS end_date
    FROM {enrollments} AS e JOIN {people} AS p USING (person_key) WHERE e.begin_date IS NOT NULL
), given AS (
    SELECT p.pid, d.degree_date, coalesce(nullif(trim(d.degree_level), ''), 'unknown') AS level
    FROM {degrees} AS d JOIN {people} AS p USING (person_key) WHERE d.degree_date IS NOT NULL
), counted AS (
    SELECT * FROM {units} WHERE lead
), before AS (
    SELECT u.pid, arg_max(g.level, (g.degree_date, g.level)) FILTER (g.degree_date < u.award_date) AS prior_level,
           min(g.degree_date) FILTER (g.degree_date > u.award_date) AS next_degree,
           min(g.degree_date) FILTER (g.degree_date >= u.award_date) AS degree_since
    FROM counted AS u JOIN given AS g USING (pid) GROUP BY u.pid
), around AS (
    SELECT u.pid, bool_or(s.begin_date <= u.award_date AND s.end_date >= u.award_date) AS enrolled,
           min(s.begin_date) FILTER (s.begin_date > u.award_date) AS next_begin,
           list({'begin_date': s.begin_date, 'end_date': s.end_date} ORDER BY s.begin_date, s.end_date) AS spells
    FROM counted AS u JOIN spells AS s USING (pid) GROUP BY u.pid
), reach AS (
    SELECT quantile_disc(day, 0.999) AS last_day
    FROM (SELECT begin_date AS day FROM spells UNION ALL SELECT degree_date FROM given)
)
SELECT u.*, b.prior_level, b.next_degree, b.degree_since, coalesce(a.enrolled, false) AS enrolled, a.next_begin,
       coalesce(a.spells, []) AS spells, r.last_day
FROM counted AS u CROSS JOIN reach AS r LEFT JOIN before AS b USING (pid) LEFT JOIN around AS a USING (pid)
