-- One row per credential that a learner was awarded: since when, and until when, by the last award or renewal, or the day on which it
-- was revoked and not awarded again.
WITH events AS (
    SELECT c.*, c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AS awarded
    FROM cleaned_learners.credentials AS c JOIN linked_records.links AS l USING (certifier, record_id)
    WHERE l.learner_id = $learner_id AND c.event_date IS NOT NULL
), credentials AS (
    SELECT
        certifier, credential_code, min(event_date) FILTER (awarded) AS since, max(event_date) FILTER (awarded) AS last_award,
        arg_max(credential_title, (event_date, record_id)) FILTER (awarded) AS title,
        arg_max_null(expiration_date, (event_date, record_id)) FILTER (awarded OR event = 'renewal') AS expires,
        max(event_date) FILTER (event = 'revocation') AS revoked
    FROM events GROUP BY certifier, credential_code
)
SELECT certifier, credential_code, coalesce(title, ''), since,
       CASE WHEN revoked >= last_award THEN least(revoked, expires) ELSE expires END AS until
FROM credentials WHERE since IS NOT NULL
ORDER BY since, certifier, credential_code
