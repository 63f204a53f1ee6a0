-- The first award of each credential of a person, and the day on which it was revoked, if ever. A revocation that is followed by
-- another award of the credential in the same calendar year takes no year away and counts for nothing.
WITH numbered AS (
    SELECT
        person_key, certifier, credential_code AS credential, event_date AS award_date, age, training_setting,
        row_number() OVER (
            PARTITION BY person_key, certifier, credential_code
            ORDER BY event_date, training_setting NULLS LAST
        ) AS nth
    FROM {credentials}
    WHERE event = 'award' AND result IS DISTINCT FROM 'fail' AND event_date IS NOT NULL
), revoked AS (
    SELECT r.person_key, r.certifier, r.credential_code AS credential, min(r.event_date) AS revoked_date
    FROM {credentials} AS r
    JOIN numbered AS n
        ON n.person_key = r.person_key AND n.certifier = r.certifier AND n.credential = r.credential_code AND n.nth = 1
    WHERE r.event = 'revocation' AND r.event_date >= n.award_date AND NOT EXISTS (
        SELECT 1 FROM numbered AS anew
        WHERE anew.person_key = r.person_key AND anew.certifier = r.certifier AND anew.credential = r.credential_code
            AND anew.nth > 1 AND anew.award_date >= r.event_date AND year(anew.award_date) = year(r.event_date)
    )
    GROUP BY ALL
)
SELECT
    p.pid, n.certifier, n.credential, n.award_date, n.age, coalesce(l.level, 0) AS level,
    coalesce(nullif(trim(n.training_setting), ''), 'unknown') AS training_setting,
    CAST(year(r.revoked_date) AS INTEGER) AS revoked_year
FROM numbered AS n
JOIN {people} AS p USING (person_key)
LEFT JOIN revoked AS r USING (person_key, certifier, credential)
LEFT JOIN {levels} AS l USING (certifier, credential)
WHERE n.nth = 1
