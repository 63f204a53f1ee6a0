-- One row per person at the award at which the person is counted. An enrollment without an end is taken for one that lasts
-- half a year. The registry's last day is the last on which anything in it begins or a degree is given.
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
           min(g.degree_date) FILTER (g.degree_date > u.award_date) AS next_degree
    FROM counted AS u JOIN given AS g USING (pid) GROUP BY u.pid
), around AS (
    SELECT u.pid, bool_or(s.begin_date <= u.award_date AND s.end_date >= u.award_date) AS enrolled,
           min(s.begin_date) FILTER (s.begin_date > u.award_date) AS next_begin,
           list({'begin_date': s.begin_date, 'end_date': s.end_date} ORDER BY s.begin_date, s.end_date) AS spells
    FROM counted AS u JOIN spells AS s USING (pid) GROUP BY u.pid
), reach AS (
    SELECT greatest(max(begin_date), (SELECT max(degree_date) FROM given)) AS last_day FROM spells
)
SELECT u.*, b.prior_level, b.next_degree, coalesce(a.enrolled, false) AS enrolled, a.next_begin,
       coalesce(a.spells, []) AS spells, coalesce(r.last_day, DATE '1900-01-01') AS last_day
FROM counted AS u CROSS JOIN reach AS r LEFT JOIN before AS b USING (pid) LEFT JOIN around AS a USING (pid)
