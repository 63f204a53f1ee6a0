WITH lives AS (SELECT learner_id FROM {given}),
moved AS (
    SELECT old, now, sum(records) AS records FROM {flow} WHERE old <> now GROUP BY old, now),
new_events AS (
    SELECT f.now AS learner_id,
           CASE WHEN f.inherited OR f.now IN (SELECT now FROM moved) THEN 'joined' ELSE 'born' END AS event,
           NULL AS other_learner_id, f.records
    FROM {flow} f WHERE f.old IS NULL
    UNION ALL
    SELECT old, 'returned', NULL, sum(records) FROM {flow}
    WHERE old IS NOT NULL AND NOT was AND now IS NOT NULL GROUP BY old
    UNION ALL
    SELECT old, CASE WHEN old IN (FROM lives) OR old IN (SELECT old FROM moved) THEN 'left' ELSE 'retired' END,
           NULL, records
    FROM {flow} WHERE was AND now IS NULL
    UNION ALL
    SELECT now, 'split', old, records FROM moved WHERE old IN (FROM lives)
    UNION ALL
    SELECT old, 'merged', now, records FROM moved WHERE old NOT IN (FROM lives)),
newest AS (SELECT coalesce(max(revision), 0) + 1 AS revision FROM {before})
SELECT revision, learner_id, event, other_learner_id, records FROM {before}
UNION ALL BY NAME
SELECT n.revision::INTEGER AS revision, e.learner_id, e.event, e.other_learner_id::VARCHAR AS other_learner_id,
       e.records::BIGINT AS records
FROM new_events e CROSS JOIN newest n
ORDER BY revision, learner_id, event, other_learner_id NULLS FIRST
