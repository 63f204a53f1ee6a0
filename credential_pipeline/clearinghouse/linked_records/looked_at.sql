-- hop, left_id, right_id, learner, match_weight, linked: learner is the one that a student was compared with.
WITH learner_of AS (
    SELECT i.profile_id, i.identity, l.record, l.learner, m.person
    FROM {identities} i JOIN {members} l USING (identity) JOIN {persons} m USING (learner)),
named AS (SELECT record, identity, person FROM learner_of WHERE profile_id = identity),
scored AS (
    SELECT l.identity AS left_id, r.identity AS right_id, s.match_weight, l.person = r.person AS linked
    FROM {scored} s JOIN named l ON l.record = s.left_record JOIN named r ON r.record = s.right_record
    WHERE s.match_weight >= $min_weight OR l.person = r.person),
decided AS (
    SELECT DISTINCT least(l.identity, r.identity) AS left_id, greatest(l.identity, r.identity) AS right_id,
           NULL::DOUBLE AS match_weight, l.person = r.person AS linked
    FROM {decided} d
    JOIN learner_of l ON l.profile_id = d.left_profile
    JOIN learner_of r ON r.profile_id = d.right_id
    WHERE d.hop = 'learner' AND l.identity <> r.identity),
forms AS (
    SELECT learner, student_id AS right_id, max(match_weight) AS match_weight,
           arg_max(form, (match_weight, form)) AS left_id
    FROM {scored_students}
    GROUP BY ALL),
students AS (
    SELECT * FROM forms
    UNION ALL BY NAME
    SELECT learner, student_id AS right_id, learner AS left_id
    FROM {best} b ANTI JOIN forms f ON f.learner = b.learner AND f.right_id = b.student_id
    WHERE b.decided_by = 'review')
SELECT 'learner' AS hop, left_id, right_id, NULL::VARCHAR AS learner, match_weight, linked FROM scored
UNION ALL
SELECT 'learner', left_id, right_id, NULL, match_weight, linked FROM decided ANTI JOIN scored USING (left_id, right_id)
UNION ALL
SELECT 'learner', identity, profile_id, NULL, NULL, true FROM {identities} WHERE profile_id <> identity
UNION ALL
SELECT 'student', s.left_id, s.right_id, s.learner, s.match_weight, b.learner IS NOT NULL
FROM students s
LEFT JOIN (SELECT learner, student_id FROM {best} WHERE status = 'linked') b
  ON b.learner = s.learner AND b.student_id = s.right_id
