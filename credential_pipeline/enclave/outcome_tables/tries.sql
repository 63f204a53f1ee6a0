-- A sitting is an attempt, or an award that carries a result. On one day a failed sitting comes before a passed one. A pair
-- of person and credential is counted if the first that is known of it is a sitting in a year that reports attempts. It is
-- followed from sitting to sitting, as long as years report, if they do so for long enough after the first one, whatever came of
-- it; an award without a sitting of its own was passed at the sitting after those before it.
WITH events AS (
    SELECT
        p.pid, c.certifier, c.credential_code AS credential, c.event_date, y.reported,
        c.event = 'attempt' OR c.result IS NOT NULL AS sitting,
        CASE WHEN sitting THEN coalesce(c.result = 'pass', false) ELSE true END AS passed
    FROM {credentials} AS c
    JOIN {people} AS p USING (person_key)
    JOIN {years} AS y ON y.certifier = c.certifier AND y.year = year(c.event_date)
    WHERE c.event IN ('attempt', 'award')
), numbered AS (
    SELECT *,
        count(*) FILTER (sitting) OVER (
            PARTITION BY pid, certifier, credential ORDER BY event_date, passed, sitting ROWS UNBOUNDED PRECEDING
        ) AS nth,
        min(event_date) OVER (PARTITION BY pid, certifier, credential) AS first_date
    FROM events
), followed AS (
    SELECT n.*, y.feed_end, y.reported_until AS until,
        n.first_date + CAST($followed_days AS INTEGER) <= y.reported_until AS followed
    FROM numbered AS n JOIN {years} AS y ON y.certifier = n.certifier AND y.year = year(n.first_date)
    WHERE y.reported AND y.year BETWEEN $first_year AND $last_year
)
SELECT
    pid, certifier, credential, CAST(year(first_date) AS INTEGER) AS first_year,
    arg_min(passed, (event_date, passed)) FILTER (sitting) AS passed_first,
    bool_or(passed) AS passed,
    count(*) FILTER (sitting AND reported) AS sittings, count(*) FILTER (sitting AND reported AND passed) AS passes,
    min(event_date) FILTER (passed) - first_date AS days_to_pass, feed_end - first_date AS days_followed,
    followed, min(CASE WHEN sitting THEN nth ELSE nth + 1 END) FILTER (followed AND passed AND event_date <= until) AS passed_at
FROM followed
GROUP BY pid, certifier, credential, first_date, followed, feed_end
HAVING min(event_date) FILTER (sitting) = first_date
