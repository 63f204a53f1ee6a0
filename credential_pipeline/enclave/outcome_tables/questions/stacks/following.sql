-- One row per person: the award at which it is counted, and the next different one, if any. Codes break ties of a day.
WITH ranked AS (
    SELECT *, row_number() OVER (PARTITION BY pid ORDER BY award_date, certifier, credential) AS nth FROM {awards}
), steps AS (
    SELECT a.pid, a.award_date, a.certifier AS own_certifier, a.credential AS own_credential, b.award_date AS next_date,
           b.certifier AS next_certifier, b.credential AS next_credential
    FROM ranked AS a LEFT JOIN ranked AS b ON b.pid = a.pid AND b.nth = a.nth + 1
), ends AS (
    SELECT max(event_date) AS feed_end FROM {credentials} WHERE event IN ('attempt', 'award', 'renewal')
)
SELECT
    u.uid, u.pid, u.own_certifier, u.own_credential, u.certifier, u.credential, u.cohort, u.age_band, u.sex, u.race, u.ethnicity, u.state,
    CAST(NULL AS INTEGER) AS horizon, u.award_date, e.feed_end, s.next_date,
    (s.next_date - u.award_date) * 12 / 365.25 AS months,
    s.next_certifier || '/' || s.next_credential AS next_award,
    u.own_certifier = s.next_certifier AND coalesce(
        down.stacks_to = s.next_credential OR down.stacks_to = beside.stacks_to, false
    ) AS on_ladder
FROM {units} AS u
JOIN steps AS s USING (pid, own_certifier, own_credential)
CROSS JOIN ends AS e
LEFT JOIN {ladders} AS down ON down.certifier = u.own_certifier AND down.code = u.own_credential
LEFT JOIN {ladders} AS beside ON beside.certifier = s.next_certifier AND beside.code = s.next_credential
WHERE u.lead
