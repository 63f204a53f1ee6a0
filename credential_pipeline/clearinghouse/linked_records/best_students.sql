-- What people named comes first, then the model. Of a named student the weight is the model's, where it has one.
WITH scored AS (
    SELECT learner, student_id, max(match_weight) AS match_weight
    FROM {scored} SEMI JOIN {must} USING (learner, student_id)
    GROUP BY ALL),
reviewed AS (
    SELECT m.learner, m.student_id, s.match_weight, 1.0 AS match_probability, 1 AS candidates,
           'linked' AS status, 'review' AS decided_by
    FROM {must} m LEFT JOIN scored s USING (learner, student_id)),
plain AS (SELECT DISTINCT learner, student_id, 'exact' AS decided_by FROM {exact})
SELECT b.* EXCLUDE (share), coalesce(p.decided_by, 'model') AS decided_by
FROM {best} b ANTI JOIN {must} m ON m.learner = b.learner LEFT JOIN plain p USING (learner, student_id)
UNION ALL BY NAME
SELECT * FROM reviewed
