-- Every reported learner once, opted_out first: learner_id, reason.
WITH
wishes AS (
    SELECT learner_id, source FROM linked_records.blocks WHERE learner_id IS NOT NULL AND in_force IS NOT FALSE
),
rescinded AS (
    SELECT learner_id FROM linked_records.blocks WHERE learner_id IS NOT NULL AND source = 'certifier'
    GROUP BY learner_id HAVING count(rescinded) > 0 AND NOT bool_or(in_force IS NOT FALSE)
),
certifier_blocks AS (
    SELECT coalesce(l.learner_id, p.learner_id) AS learner_id, c.profile_id
    FROM cleaned_learners.credentials c
    LEFT JOIN linked_records.links l USING (certifier, record_id)
    LEFT JOIN linked_records.profile_links p USING (profile_id)
    WHERE c.blocked
    UNION
    SELECT p.learner_id, c.profile_id
    FROM cleaned_learners.credentials c
    JOIN linked_records.profile_links p USING (profile_id)
    WHERE c.blocked
),
opted_out AS (
    SELECT learner_id FROM wishes WHERE source <> 'school'
    UNION
    -- Found again without the wishes of the linkage, but for what certifiers took back.
    SELECT learner_id FROM certifier_blocks ANTI JOIN rescinded USING (learner_id) WHERE learner_id IS NOT NULL
),
seen AS (
    SELECT learner_id, student_id, status = 'blocked' OR coalesce(blocked, FALSE) AS removed
    FROM linked_records.learners
    UNION ALL
    SELECT learner_id, student_id, status = 'blocked' FROM linked_records.links
    UNION ALL
    SELECT learner_id, student_id, status = 'blocked' FROM linked_records.profile_links
),
school_blocks AS (
    SELECT seen.learner_id
    FROM seen LEFT JOIN education_registry.persons s USING (student_id)
    WHERE seen.learner_id IS NOT NULL AND (seen.removed OR s.ferpa_block)
    UNION
    SELECT learner_id FROM wishes WHERE source = 'school'
),
learners AS (
    SELECT DISTINCT learner_id FROM linked_records.learners WHERE learner_id IS NOT NULL
)
SELECT learner_id,
       CASE WHEN learner_id IN (FROM opted_out) THEN 'opted_out'
            WHEN learner_id IN (FROM school_blocks) THEN 'ferpa_blocked'
            ELSE 'extracted' END AS reason
FROM learners
UNION ALL
-- A blocked profile that linkage gave to no learner is a reported person, too.
SELECT DISTINCT NULL, 'opted_out' || chr(31) || b.profile_id
FROM certifier_blocks b
WHERE b.profile_id NOT IN (
    SELECT profile_id FROM linked_records.profile_links
    WHERE profile_id IS NOT NULL AND learner_id IN (SELECT learner_id FROM learners)
)
AND (b.learner_id IS NULL OR b.learner_id NOT IN (SELECT learner_id FROM learners))
