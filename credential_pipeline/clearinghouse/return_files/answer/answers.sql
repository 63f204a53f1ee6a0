-- One row a person asked for. Of whom nothing may be told because there is nothing is answered like one who was not found.
WITH judged AS (
    SELECT a.*, s.student_id, s.learner_id, s.match_probability,
           CASE WHEN s.asked IS NULL THEN 'not_found'
                WHEN NOT s.own THEN 'out_of_scope'
                WHEN s.blocked THEN 'blocked'
                WHEN e.asked IS NULL THEN 'not_found'
                ELSE 'found' END AS outcome
    FROM {asked} a LEFT JOIN {scoped} s USING (asked) LEFT JOIN (SELECT DISTINCT asked FROM {events}) e USING (asked))
SELECT partner, request_id, "row"::BIGINT AS "row", asked, return_field, outcome,
       CASE WHEN outcome <> 'not_found' THEN student_id END AS student_id,
       CASE WHEN outcome <> 'not_found' THEN learner_id END AS learner_id,
       CASE WHEN outcome <> 'not_found' THEN match_probability END AS match_probability
FROM judged
