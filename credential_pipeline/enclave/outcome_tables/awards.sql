-- The first award of each credential of a person. An award that was revoked later was an award all the same.
WITH numbered AS (
    SELECT
        person_key, certifier, credential_code AS credential, event_date AS award_date, age, training_setting,
        row_number() OVER (
            PARTITION BY person_key, certifier, credential_code
            ORDER BY event_date, training_setting NULLS LAST
        ) AS nth
    FROM {credentials}
    WHERE event = 'award' AND result IS DISTINCT FROM 'fail' AND event_date IS NOT NULL
)
SELECT
    p.pid, n.certifier, n.credential, n.award_date, n.age, coalesce(l.level, 0) AS level,
    coalesce(nullif(trim(n.training_setting), ''), 'unknown') AS training_setting
FROM numbered AS n
JOIN {people} AS p USING (person_key)
LEFT JOIN {levels} AS l USING (certifier, credential)
WHERE n.nth = 1
