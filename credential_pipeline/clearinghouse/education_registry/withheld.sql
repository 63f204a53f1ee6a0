-- Profiles of people who said, or may have said, "do not share", or whom linkage blocked: profile_id. What reaches one profile of a sender's person id, or of a
-- surname, birth date and initial, reaches all of them.
WITH marked AS (
    SELECT profile_id FROM cleaned_learners.credentials WHERE blocked
    UNION
    SELECT c.profile_id
    FROM cleaned_learners.credentials c JOIN cleaned_learners.blocks b USING (certifier, record_id)
    UNION
    SELECT p.profile_id FROM {named} p JOIN cleaned_learners.blocks b USING (certifier, person_ref)
    UNION
    SELECT c.profile_id FROM cleaned_learners.credentials c JOIN {wishes} w USING (certifier, record_id)
    UNION
    SELECT p.profile_id FROM {named} p JOIN {wishes} w USING (certifier, person_ref)
    UNION
    SELECT profile_id FROM {blocked}),
said AS (
    SELECT first_name[1] AS initial, last_name, birth_date FROM cleaned_learners.blocks
    UNION
    SELECT first_name[1], last_name, birth_date FROM {wishes}
    UNION
    SELECT first_name[1], last_name, birth_date FROM {named} SEMI JOIN marked USING (profile_id)
    UNION
    SELECT first_name[1], previous_last_name, birth_date FROM {named} SEMI JOIN marked USING (profile_id)),
referred AS (SELECT certifier, person_ref FROM {named} SEMI JOIN marked USING (profile_id) WHERE person_ref IS NOT NULL)
SELECT profile_id FROM marked
UNION
SELECT p.profile_id FROM {named} p JOIN referred r USING (certifier, person_ref)
UNION
SELECT p.profile_id
FROM {named} p JOIN said s ON s.birth_date = p.birth_date AND s.last_name IN (p.last_name, p.previous_last_name)
     AND coalesce(s.initial = p.first_name[1], true)
