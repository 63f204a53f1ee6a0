-- Of two learners of one student that people found to be two people, the weaker.
WITH place AS (
    SELECT learner, anchor, 2 AS place FROM {same}
    UNION SELECT anchor, anchor, 1 FROM {same})
SELECT DISTINCT CASE WHEN (p.place, p.learner) > (q.place, q.learner) THEN p.learner ELSE q.learner END AS learner
FROM {cannot} c
JOIN {identities} i ON i.profile_id = c.left_profile
JOIN {members} a ON a.identity = i.identity
JOIN {identities} j ON j.profile_id = c.right_profile
JOIN {members} b ON b.identity = j.identity
JOIN place p ON p.learner = a.learner
JOIN place q ON q.learner = b.learner AND q.anchor = p.anchor
WHERE p.learner <> q.learner
