-- The likeliest other candidate of either side, whether it is linked or not.
WITH other AS (
    -- Beside a student the whole learner is asked for; what else that learner has under other names stands on the page already.
    SELECT e.pair_id, e.side, q.right_id AS candidate, true AS is_student, q.match_weight
    FROM {ends} e
    JOIN linked_records.profile_links a ON a.profile_id = e.own_id
    JOIN linked_records.profile_links b ON b.learner_id = a.learner_id
    JOIN linked_records.pairs q ON q.hop = 'student' AND q.left_id = b.profile_id AND q.right_id <> e.other_id
    WHERE e.hop = 'student' AND e.side = 'left'
    UNION ALL
    SELECT e.pair_id, e.side, q.left_id, false, q.match_weight
    FROM {ends} e
    JOIN linked_records.pairs q ON q.hop = 'student' AND q.right_id = e.own_id
    JOIN linked_records.profile_links a ON a.profile_id = e.other_id
    JOIN linked_records.profile_links b ON b.profile_id = q.left_id AND b.learner_id <> a.learner_id
    WHERE e.hop = 'student' AND e.side = 'right'
    UNION ALL
    SELECT e.pair_id, e.side, q.right_id, false, q.match_weight
    FROM {ends} e JOIN linked_records.pairs q ON q.hop = 'learner' AND q.left_id = e.own_id AND q.right_id <> e.other_id
    WHERE e.hop = 'learner'
    UNION ALL
    SELECT e.pair_id, e.side, q.left_id, false, q.match_weight
    FROM {ends} e JOIN linked_records.pairs q ON q.hop = 'learner' AND q.right_id = e.own_id AND q.left_id <> e.other_id
    WHERE e.hop = 'learner'),
best AS (
    FROM other
    QUALIFY row_number() OVER (PARTITION BY pair_id, side ORDER BY match_weight DESC NULLS FIRST, candidate) = 1)
SELECT b.pair_id, b.side, concat_ws(' ', r.first_name, r.middle_name, r.last_name, r.name_suffix), r.birth_date, r.sex,
       r.ssn_last4, r.street, r.zip, r.email
FROM best b
JOIN (SELECT student_id AS id, true AS is_student, * FROM education_registry.persons
      SEMI JOIN (SELECT candidate AS student_id FROM best WHERE is_student) USING (student_id)
      UNION ALL BY NAME
      SELECT profile_id AS id, false AS is_student, * FROM cleaned_learners.profiles
      SEMI JOIN (SELECT candidate AS profile_id FROM best WHERE NOT is_student) USING (profile_id)) r
  ON r.id = b.candidate AND r.is_student = b.is_student
ORDER BY ALL
