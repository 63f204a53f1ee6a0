-- Every learner of a student but the strongest, beside the strongest.
WITH linked AS (
    SELECT learner, student_id, match_weight,
           row_number() OVER (
               PARTITION BY student_id
               ORDER BY decided_by = 'review' DESC, match_probability DESC, match_weight DESC, learner) AS place
    FROM {best}
    WHERE status = 'linked')
SELECT b.learner, a.learner AS anchor
FROM linked b JOIN linked a USING (student_id)
WHERE a.place = 1 AND b.place > 1
