WITH both_ AS (
    SELECT b.row, b."group" AS group_before, a."group" AS group_after,
           b.target AS target_before, a.target AS target_after
    FROM {before} b JOIN {after} a USING (row)),
merged AS (SELECT group_after FROM both_ GROUP BY ALL HAVING count(DISTINCT group_before) > 1),
split AS (SELECT group_before FROM both_ GROUP BY ALL HAVING count(DISTINCT group_after) > 1)
SELECT 'merged' AS change, * FROM both_ SEMI JOIN merged USING (group_after)
UNION ALL BY NAME SELECT 'split' AS change, * FROM both_ SEMI JOIN split USING (group_before)
UNION ALL BY NAME SELECT 'gained' AS change, * FROM both_ WHERE target_before IS NULL AND target_after IS NOT NULL
UNION ALL BY NAME SELECT 'lost' AS change, * FROM both_ WHERE target_before IS NOT NULL AND target_after IS NULL
UNION ALL BY NAME SELECT 'changed' AS change, * FROM both_ WHERE target_before <> target_after
ORDER BY change, group_before, row
