-- What people named comes first, then the exact match, then the model. Of a named student the weight is the model's, where it
-- has one.
WITH scored AS (
    SELECT learner, student_id, max(match_weight) AS match_weight
    FROM {scored} SEMI JOIN {must} USING (learner, student_id)
    GROUP BY ALL
    UNION ALL SELECT learner, student_id, match_weight FROM {exact} SEMI JOIN {must} USING (learner, student_id)),
reviewed AS (
    SELECT m.learner, m.student_id, s.match_weight, 1.0 AS match_probability, 1.0 AS share, 1 AS candidates,
           'linked' AS status, 'review' AS decided_by
    FROM {must} m LEFT JOIN scored s USING (learner, student_id))
SELECT *, 'model' AS decided_by FROM {best} ANTI JOIN {must} USING (learner)
UNION ALL BY NAME
SELECT * EXCLUDE (form) FROM {exact} ANTI JOIN {must} USING (learner)
UNION ALL BY NAME
SELECT * FROM reviewed
