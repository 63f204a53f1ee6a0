-- Every statement with every person whom it reaches; one that reaches nobody has an empty person, but for the many students
-- of a registry who are in no feed.
WITH RECURSIVE reached AS (
    SELECT statement_id, kind, node FROM {seeds}
    UNION
    SELECT r.statement_id, e.to_kind, e.to_node FROM reached r JOIN {edges} e ON e.kind = r.kind AND e.node = r.node),
concerned AS (SELECT statement_id, node AS person FROM reached WHERE kind = 'person'),
reporting AS (SELECT DISTINCT person, certifier FROM {rows})
SELECT s.statement_id, c.person, s.source, s.scope, s.certifier, s.since, s.reason, s.rescinded,
       s.rescinded IS NULL
       AND (s.scope <> 'industry' OR coalesce(s.industry = $industry, true))
       AND (s.scope <> 'certifier' OR r.person IS NOT NULL) AS in_force
FROM {statements} s
LEFT JOIN concerned c USING (statement_id)
LEFT JOIN reporting r ON r.person = c.person AND r.certifier = s.certifier
WHERE c.person IS NOT NULL OR s.source <> 'school'
