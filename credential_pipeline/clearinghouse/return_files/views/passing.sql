-- How many of those trained at the institution sat for a credential, and how many passed: at once, and in the end. A sitting is an
-- attempt, or an award with a result; on one day a failed one comes before a passed one. Certifiers without a failed sitting
-- anywhere report none, so that nothing can be told of passing: their quantities have no value.
WITH sittings AS (
    SELECT l.learner_id, c.certifier, c.credential_code, c.event_date, coalesce(c.result = 'pass', false) AS passed,
           starts_with(rpad(replace(c.provider_opeid, '-', ''), 8, '0'), $campus) AS here,
           bool_or(NOT coalesce(c.result = 'pass', false)) OVER (PARTITION BY c.certifier) AS reported
    FROM cleaned_learners.credentials AS c
    JOIN linked_records.links AS l USING (certifier, record_id)
    WHERE (c.event = 'attempt' OR (c.event = 'award' AND c.result IS NOT NULL)) AND c.event_date IS NOT NULL
), told AS (
    SELECT s.*
    FROM sittings AS s
    SEMI JOIN {told_of} AS p USING (learner_id)
    WHERE s.here
), levels AS (
    SELECT *, 'certifier' AS dimension, certifier AS level FROM told
    UNION ALL
    SELECT *, 'credential', certifier || ' ' || credential_code FROM told
), persons AS (
    SELECT dimension, level, learner_id, bool_and(reported) AS reported,
           arg_min(passed, (event_date, passed)) AS passed_first, bool_or(passed) AS passed
    FROM levels GROUP BY dimension, level, learner_id
)
SELECT 'passing' AS subject, dimension, level, quantity, CAST(value AS BIGINT) AS value, reported
FROM (
    SELECT dimension, level, bool_and(reported) AS reported, count(*) AS sat,
           count_if(passed_first) AS passed_first, count_if(passed) AS passed
    FROM persons GROUP BY dimension, level
) UNPIVOT (value FOR quantity IN (sat, passed_first, passed))
