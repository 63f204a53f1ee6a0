WITH keys AS (
    SELECT person, person IN (SELECT person FROM {blocked}) AS blocked FROM (SELECT DISTINCT person FROM {profile_persons})),
best AS (
    SELECT m.person, b.* EXCLUDE (learner)
    FROM {merged} m JOIN {best} b USING (learner)
    QUALIFY row_number() OVER (
        PARTITION BY m.person
        ORDER BY b.status = 'linked' DESC, b.decided_by = 'review' DESC, b.match_weight DESC, b.student_id) = 1)
SELECT k.person, i.learner_id,
       CASE WHEN b.status = 'linked' THEN b.student_id END AS student_id,
       k.blocked,
       CASE WHEN k.blocked THEN 'blocked' ELSE coalesce(b.status, 'unlinked') END AS status
FROM keys k
JOIN {ids} i USING (person)
LEFT JOIN best b USING (person)
