WITH near AS (
    SELECT pair_id, 'between_thresholds' AS reason
    FROM {pairs}
    WHERE hop = 'learner' AND NOT linked AND match_probability >= $review_threshold
    UNION ALL
    SELECT p.pair_id, CASE WHEN b.candidates > 1 THEN 'several_candidates' ELSE 'between_thresholds' END
    FROM {pairs} p JOIN {best} b USING (learner)
    SEMI JOIN {candidates} c ON c.learner = p.learner AND c.student_id = p.right_id
    WHERE p.hop = 'student' AND b.status = 'ambiguous' AND p.match_weight >= b.match_weight - $near_best)
SELECT p.pair_id, p.left_id, p.right_id, p.hop, p.match_probability, p.match_weight, n.reason
FROM {pairs} p JOIN near n USING (pair_id)
WHERE p.reviewed IS NULL
ORDER BY p.pair_id
