WITH RECURSIVE ceased AS (
    SELECT learner_id, max(revision) AS revision
    FROM {events} ANTI JOIN {given} USING (learner_id)
    WHERE event IN ('merged', 'retired') GROUP BY learner_id),
step AS (
    SELECT e.learner_id, first(e.other_learner_id ORDER BY e.records DESC, e.other_learner_id) AS target
    FROM {events} e JOIN ceased c USING (learner_id, revision)
    WHERE e.event = 'merged' GROUP BY e.learner_id),
path AS (
    SELECT learner_id, target FROM step
    UNION
    SELECT p.learner_id, s.target FROM path p JOIN step s ON s.learner_id = p.target)
SELECT c.learner_id AS retired_id, any_value(p.target) AS learner_id, c.revision
FROM ceased c
LEFT JOIN (SELECT learner_id, target FROM path WHERE target IN (SELECT learner_id FROM {given})) p USING (learner_id)
GROUP BY c.learner_id, c.revision
ORDER BY retired_id
