-- How many of an institution's students hold which credential, and when they earned it: subject, dimension, level, quantity, value.
-- Before and after is by the student's first day at the institution; an award of that day is after.
WITH awards AS (
    SELECT p.student_id, p.first_day, c.certifier, c.certifier || ' ' || c.credential_code AS credential,
           coalesce(nullif(c.training_setting, ''), 'not recorded') AS setting, c.event_date
    FROM {people} AS p
    JOIN linked_records.links AS l USING (learner_id)
    JOIN cleaned_learners.credentials AS c USING (certifier, record_id)
    WHERE c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AND c.event_date IS NOT NULL
), members AS (
    SELECT *, 'all' AS dimension, 'all' AS level FROM awards
    UNION ALL
    SELECT *, 'certifier', certifier FROM awards
    UNION ALL
    SELECT *, 'credential', credential FROM awards
    UNION ALL
    SELECT *, 'setting', setting FROM awards
)
SELECT 'students' AS subject, 'all' AS dimension, 'all' AS level, 'students' AS quantity, count(DISTINCT student_id) AS value
FROM {people}
UNION ALL
SELECT 'students', dimension, level, quantity, CAST(value AS BIGINT)
FROM (
    SELECT dimension, level, count(DISTINCT student_id) AS with_credential,
           count(DISTINCT student_id) FILTER (event_date < first_day) AS credential_before,
           count(DISTINCT student_id) FILTER (event_date >= first_day) AS credential_after
    FROM members GROUP BY dimension, level
) UNPIVOT (value FOR quantity IN (with_credential, credential_before, credential_after))
