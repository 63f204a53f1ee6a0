-- Where most of these people were enrolled, ever: as many institutions as asked for, none with too few people to be told of.
WITH places AS (
    SELECT e.opeid, min(e.institution) AS institution,
           count(DISTINCT p.learner_id) AS value
    FROM {people} AS p JOIN education_registry.enrollments AS e USING (student_id)
    WHERE e.opeid IS NOT NULL
    GROUP BY 1
)
SELECT 'institutions' AS subject, 'institution' AS dimension, concat_ws(' ', opeid, institution) AS level,
       'enrolled' AS quantity, value
FROM places
WHERE value >= $fewest
ORDER BY value DESC, opeid
LIMIT $most
