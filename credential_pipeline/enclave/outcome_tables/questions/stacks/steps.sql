-- The next credential of each person as tabulated: by itself if enough went on to it, else other; if the others are too few
-- in sum, the smallest that is told goes with them.
WITH sizes AS (
    SELECT certifier, credential, next_award, count(*) AS learners,
           learners >= $least AS large
    FROM {following} WHERE credential <> 'all' AND next_award IS NOT NULL GROUP BY ALL
), judged AS (
    SELECT *,
        coalesce(sum(learners) FILTER (NOT large) OVER (PARTITION BY certifier, credential), 0) AS others,
        row_number() OVER (PARTITION BY certifier, credential, large ORDER BY learners, next_award) AS place
    FROM sizes
)
SELECT f.*, CASE
    WHEN f.next_award IS NULL THEN 'no_further_award'
    WHEN j.large AND (j.others = 0 OR j.others >= $least OR j.place > 1) THEN f.next_award
    ELSE 'other' END AS setting
FROM {following} AS f LEFT JOIN judged AS j USING (certifier, credential, next_award)
WHERE f.credential <> 'all'
