-- By certifier, credential and setting: the standard error of a ratio of sums over persons (linearized) over that of as many independent pairs.
WITH persons AS (
    SELECT certifier, coalesce(credential, 'all') AS credential, setting, pid, count(*) AS pairs,
           count(*) FILTER (passed) AS passes
    FROM {marks} WHERE certifier <> 'all'
    GROUP BY setting, pid, GROUPING SETS ((certifier), (certifier, credential))
    HAVING coalesce(credential, '') <> 'all'
), sums AS (
    SELECT certifier, credential, setting, sum(pairs) AS n, sum(passes) / sum(pairs) AS p, sum(passes * passes) AS passed_squares,
           sum(passes * pairs) AS mixed, sum(pairs * pairs) AS squares
    FROM persons GROUP BY certifier, credential, setting
)
SELECT certifier, credential, setting,
       CASE WHEN p > 0 AND p < 1
            THEN sqrt(greatest((passed_squares - 2 * p * mixed + p * p * squares) / (n * p * (1 - p)), 1)) ELSE 1 END AS spread
FROM sums
