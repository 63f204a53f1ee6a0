WITH numbers AS (
    SELECT coalesce(s.certifier, 'all') AS certifier, q.label AS quantity,
           count(*) FILTER (l.label = q.label) AS value, value AS learners
    FROM {stacks} AS s JOIN {labels} AS l USING (number) CROSS JOIN (SELECT DISTINCT label FROM {labels}) AS q
    GROUP BY q.label, GROUPING SETS ((), (s.certifier))
    HAVING coalesce(s.certifier, '') <> 'all'
)
SELECT * FROM numbers WHERE certifier = 'all' OR CAST($by_certifier AS BOOLEAN)
UNION ALL
SELECT coalesce(certifier, 'all'), 'stack_credentials', CAST(sum(credentials) AS BIGINT), count(*)
FROM {stacks} GROUP BY GROUPING SETS ((), (certifier))
HAVING coalesce(certifier, '') <> 'all'
