-- How many of a certifier's people hold what, and studied where and when: subject, dimension, level, quantity, value.
-- Before and after is by the day of the person's first award; what began or was given on that day is neither.
WITH enrolled AS (
    SELECT p.learner_id, bool_or(e.begin_date < p.first_award) AS before, bool_or(e.begin_date > p.first_award) AS after
    FROM {people} AS p JOIN education_registry.enrollments AS e USING (student_id)
    GROUP BY p.learner_id
), graduated AS (
    SELECT p.learner_id, bool_or(d.degree_date < p.first_award) AS before, bool_or(d.degree_date > p.first_award) AS after
    FROM {people} AS p JOIN education_registry.degrees AS d USING (student_id)
    GROUP BY p.learner_id
), persons AS (
    SELECT
        p.learner_id, year(p.first_award) - year(p.first_award) % 5 AS band,
        e.learner_id IS NOT NULL OR d.learner_id IS NOT NULL AS postsecondary,
        coalesce(e.before, false) AS enrolled_before, coalesce(e.after, false) AS enrolled_after,
        coalesce(d.before, false) AS degree_before, coalesce(d.after, false) AS degree_after
    FROM {people} AS p LEFT JOIN enrolled AS e USING (learner_id) LEFT JOIN graduated AS d USING (learner_id)
), held AS (
    SELECT DISTINCT l.learner_id, c.credential_code AS credential
    FROM cleaned_learners.credentials AS c
    JOIN linked_records.links AS l USING (certifier, record_id)
    WHERE c.certifier = $certifier AND c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AND c.event_date IS NOT NULL
), members AS (
    SELECT *, 'all' AS dimension, 'all' AS level FROM persons
    UNION ALL
    SELECT *, 'first_award', band || '-' || (band + 4) FROM persons
    UNION ALL
    SELECT p.*, 'credential', h.credential FROM persons AS p JOIN held AS h USING (learner_id)
)
SELECT 'earners' AS subject, dimension, level, quantity, CAST(value AS BIGINT) AS value
FROM (
    SELECT
        dimension, level, count(*) AS earners, count_if(postsecondary) AS with_postsecondary,
        count_if(enrolled_before) AS enrolled_before, count_if(enrolled_after) AS enrolled_after,
        count_if(degree_before) AS degree_before, count_if(degree_after) AS degree_after
    FROM members GROUP BY dimension, level
) UNPIVOT (
    value FOR quantity IN (earners, with_postsecondary, enrolled_before, enrolled_after, degree_before, degree_after)
)
UNION ALL
SELECT
    'degrees', 'degree_level', coalesce(d.degree_level, 'not recorded'),
    CASE WHEN d.degree_date < p.first_award THEN 'degree_before' ELSE 'degree_after' END AS quantity,
    count(DISTINCT p.learner_id)
FROM {people} AS p JOIN education_registry.degrees AS d USING (student_id)
WHERE d.degree_date <> p.first_award
GROUP BY ALL
