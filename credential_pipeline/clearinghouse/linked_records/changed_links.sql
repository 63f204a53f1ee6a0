WITH kept AS (FROM {changed} WHERE NOT added AND NOT gone),
figures AS (
    SELECT count(*) FILTER (added) AS records_added, count(*) FILTER (gone) AS records_gone,
           count(*) FILTER (NOT added AND NOT gone AND old_student IS NULL AND new_student IS NOT NULL) AS links_gained,
           count(*) FILTER (NOT added AND NOT gone AND old_student IS NOT NULL AND new_student IS NULL) AS links_lost,
           count(*) FILTER (NOT added AND NOT gone AND old_student <> new_student) AS links_moved,
           (SELECT count(*) FROM (SELECT new_learner FROM kept GROUP BY 1
            HAVING min(old_learner) <> max(old_learner))) AS learners_merged,
           (SELECT count(*) FROM (SELECT old_learner FROM kept GROUP BY 1
            HAVING min(new_learner) <> max(new_learner))) AS learners_split,
           (SELECT count(*) FROM kept) AS kept
    FROM {changed})
SELECT 'change', 'all', name, value, kept
FROM (UNPIVOT figures ON COLUMNS(* EXCLUDE (kept)) INTO NAME name VALUE value)
WHERE value <> 0
ORDER BY ALL
