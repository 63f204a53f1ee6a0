-- What the StudentTracker service answered about each learner: the student of the profile of which it tells most; whom it did not find;
-- and whom it did not answer about, who may be blocked there or was never asked about. People's own word comes before it.
WITH answered AS (
    SELECT m.learner, i.profile_id, a.found, a.records
    FROM {members} m JOIN {identities} i USING (identity) LEFT JOIN {answers} a USING (profile_id)),
stated AS (
    SELECT learner, profile_id AS student_id, 1 AS place, records, 'student_tracker' AS decided_by
    FROM answered a ANTI JOIN {cannot} c ON c.learner = a.learner AND c.student_id = a.profile_id
    WHERE found
    UNION ALL
    SELECT learner, student_id, 0, 0, 'review' FROM {must}),
chosen AS (
    SELECT * FROM stated
    QUALIFY row_number() OVER (PARTITION BY learner ORDER BY place, records DESC, student_id) = 1),
heard AS (SELECT learner, bool_or(found IS NOT NULL) AS answered FROM answered GROUP BY learner)
SELECT h.learner, c.student_id, NULL::DOUBLE AS match_weight, (c.learner IS NOT NULL)::INTEGER::DOUBLE AS match_probability,
       (c.learner IS NOT NULL)::BIGINT AS candidates,
       CASE WHEN c.learner IS NOT NULL THEN 'linked' ELSE 'unlinked' END AS status,
       CASE WHEN c.learner IS NOT NULL THEN c.decided_by WHEN h.answered THEN 'student_tracker' ELSE 'unanswered' END AS decided_by
FROM heard h LEFT JOIN chosen c USING (learner)
