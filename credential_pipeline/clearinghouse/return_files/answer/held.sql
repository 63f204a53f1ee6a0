-- Each credential of a learner with where it stands today.
SELECT k.learner_id, c.certifier, c.credential_code,
       coalesce(any_value(t.title), min(c.credential_title)) AS title, any_value(t.ctid) AS ctid,
       min(c.event_date) FILTER (c.event = 'award') AS award_date,
       min(c.event_date) FILTER (c.event IN ('award', 'renewal')) AS first_date,
       max(c.expiration_date) FILTER (c.event IN ('award', 'renewal')) AS expiration_date,
       CASE WHEN max(c.event_date) FILTER (c.event = 'revocation')
                 >= max(c.event_date) FILTER (c.event IN ('award', 'renewal')) THEN 'Revoked'
            WHEN max(c.expiration_date) FILTER (c.event IN ('award', 'renewal')) < $today THEN 'Expired'
            WHEN count(*) FILTER (c.event = 'renewal') > 0 THEN 'Renewed'
            ELSE 'Active' END AS status
FROM cleaned_learners.credentials c
JOIN linked_records.links k USING (certifier, record_id)
SEMI JOIN {people} p ON p.learner_id = k.learner_id
LEFT JOIN {titles} t ON t.certifier = c.certifier AND t.credential_code = c.credential_code
WHERE c.event_date <= $today AND coalesce(c.result, 'pass') <> 'fail'
GROUP BY ALL
HAVING first_date IS NOT NULL
