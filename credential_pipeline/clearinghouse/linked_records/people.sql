WITH keys AS (
    SELECT t.person, coalesce(bool_or(c.blocked), false) AS blocked
    FROM {profile_persons} t LEFT JOIN {credentials} c USING (profile_id)
    GROUP BY t.person),
best AS (
    SELECT m.person, b.* EXCLUDE (learner)
    FROM {merged} m JOIN {best} b USING (learner)
    QUALIFY row_number() OVER (
        PARTITION BY m.person
        ORDER BY b.status = 'linked' DESC, b.decided_by = 'review' DESC, b.match_weight DESC, b.student_id) = 1),
student AS (SELECT student_id, ferpa_block FROM {students})
SELECT k.person, i.learner_id,
       CASE WHEN b.status = 'linked' THEN b.student_id END AS student_id,
       coalesce(b.match_probability, 0.0) AS match_probability,
       k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) AS blocked,
       CASE WHEN k.blocked OR coalesce(b.status = 'linked' AND s.ferpa_block, false) THEN 'blocked'
            ELSE coalesce(b.status, 'unlinked') END AS status,
       b.decided_by
FROM keys k
JOIN {ids} i USING (person)
LEFT JOIN best b USING (person)
LEFT JOIN student s ON s.student_id = b.student_id
