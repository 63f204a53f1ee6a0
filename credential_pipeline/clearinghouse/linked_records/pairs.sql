WITH ends AS (
    SELECT d.hop, d.decision, CASE WHEN d.hop = 'student' THEN l.learner ELSE i.identity END AS one,
           coalesce(j.identity, d.right_id) AS two
    FROM {decided} d
    JOIN {identities} i ON i.profile_id = d.left_profile
    JOIN {members} l USING (identity)
    LEFT JOIN {identities} j ON d.hop = 'learner' AND j.profile_id = d.right_id),
-- Two profiles of one identity stand for themselves, all others for their identity or their learner.
either AS (
    SELECT hop, one, two, decision FROM ends WHERE hop = 'student' OR one <> two
    UNION SELECT hop, two, one, decision FROM ends WHERE hop = 'learner' AND one <> two
    UNION SELECT hop, left_profile, right_id, decision FROM {decided} WHERE hop = 'learner'
    UNION SELECT hop, right_id, left_profile, decision FROM {decided} WHERE hop = 'learner'),
once AS (SELECT hop, one, two, min(decision) AS decision FROM either GROUP BY ALL)
SELECT 'Q' || substr(md5(p.hop || '|' || p.left_id || '|' || p.right_id), 1, 16) AS pair_id,
       p.hop, p.left_id, p.right_id, p.learner, p.match_weight,
       round(power(2.0, least(p.match_weight, 50)) / (1 + power(2.0, least(p.match_weight, 50))), 6) AS match_probability,
       p.linked, o.decision AS reviewed
FROM {looked_at} p
LEFT JOIN once o
  ON o.hop = p.hop AND o.two = p.right_id AND o.one = CASE WHEN p.hop = 'student' THEN p.learner ELSE p.left_id END
