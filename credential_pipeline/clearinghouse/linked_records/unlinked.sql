-- Every row without a student, and why: the first reason that applies.
WITH seen AS (
    SELECT DISTINCT p.learner_id
    FROM linked_records.pairs AS c JOIN linked_records.profile_links AS p ON p.profile_id = c.left_id
    WHERE c.hop = 'student'
), told AS (
    SELECT p.learner_id,
        bool_or(i.first_name IS NOT NULL AND i.last_name IS NOT NULL
            AND (i.birth_date IS NOT NULL OR i.ssn_last4 IS NOT NULL OR i.street IS NOT NULL OR i.zip IS NOT NULL OR i.email IS NOT NULL)) AS usable
    FROM linked_records.profile_links AS p JOIN cleaned_learners.profiles AS i USING (profile_id)
    GROUP BY p.learner_id
)
SELECT l.certifier, l.record_id, l.learner_id,
    CASE WHEN l.status = 'blocked' THEN 'blocked'
        WHEN l.status = 'ambiguous' THEN 'ambiguous'
        WHEN l.decided_by = 'unanswered' THEN 'not answered'
        WHEN NOT t.usable THEN 'unusable fields'
        WHEN s.learner_id IS NOT NULL THEN 'below threshold'
        ELSE 'no candidate' END AS reason
FROM linked_records.links AS l JOIN told AS t USING (learner_id) LEFT JOIN seen AS s USING (learner_id)
WHERE l.status <> 'linked'
ORDER BY ALL
