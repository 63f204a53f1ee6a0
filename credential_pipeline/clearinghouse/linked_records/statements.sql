-- What is said now and what is remembered, and what was taken back since it was last said.
WITH known AS (
    SELECT s.* REPLACE (
               least(s.since, m.since) AS since,
               -- A school's block has the day on which it came, or came back.
               CASE WHEN s.last_said IS NOT NULL THEN greatest(s.last_said, m.last_said)
                    WHEN m.said_now THEN m.last_said ELSE $today END AS last_said),
           true AS said_now
    FROM {said} s LEFT JOIN {before} m USING (statement_id)
    UNION ALL BY NAME
    -- That a mark may have been cut off is only feared while the file lies there.
    SELECT * REPLACE (false AS said_now), true AS own FROM {before} ANTI JOIN {said} USING (statement_id) WHERE reason <> 'CUT_ROW'),
dated AS (SELECT * REPLACE (coalesce(since, last_said) AS since) FROM known)
SELECT k.*, (
    SELECT min(r.received) FROM {rescissions} r
    WHERE r.source = k.source AND r.received >= k.last_said AND NOT (k.source = 'school' AND k.said_now)
      AND (r.certifier IS NULL OR r.certifier = k.certifier)
      AND (r.record_id IS NULL OR r.record_id = k.record_id)
      AND (r.person_ref IS NULL OR r.person_ref = k.person_ref)
      AND (r.student_id IS NULL OR r.student_id = k.student_id)
      AND (r.first_name IS NULL OR r.first_name = k.first_name)
      AND (r.last_name IS NULL OR r.last_name = k.last_name)
      AND (r.birth_date IS NULL OR r.birth_date = k.birth_date)) AS rescinded
FROM dated k
