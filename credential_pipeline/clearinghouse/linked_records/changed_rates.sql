WITH old AS (
    SELECT dimension, level, coalesce(sum(n) FILTER (metric = 'share_linked'), 0) AS linked, sum(n) AS people
    FROM {before} WHERE metric LIKE 'share_%' GROUP BY ALL),
new AS (
    SELECT dimension, level, coalesce(sum(n) FILTER (metric = 'share_linked'), 0) AS linked, sum(n) AS people
    FROM {now} WHERE metric LIKE 'share_%' GROUP BY ALL)
SELECT 'change_share_linked', dimension, level, round(n.linked / n.people - o.linked / o.people, 6), o.people
FROM new n JOIN old o USING (dimension, level)
WHERE dimension <> 'decided_by' AND round(n.linked / n.people - o.linked / o.people, 6) <> 0
ORDER BY ALL
