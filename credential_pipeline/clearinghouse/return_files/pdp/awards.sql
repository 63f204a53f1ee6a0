-- Each award of the institution's students that stands: what the certifier reports, on one day once, unless it was revoked later.
WITH known AS (
    SELECT k.student_id, k.learner_id, c.*
    FROM cleaned_learners.credentials c JOIN linked_records.links k USING (certifier, record_id)
    SEMI JOIN {own} o ON o.student_id = k.student_id
    WHERE c.event_date <= $today),
revoked AS (
    SELECT student_id, certifier, credential_code, max(event_date) AS last_day
    FROM known WHERE event = 'revocation' GROUP BY ALL)
SELECT k.student_id, k.certifier, k.credential_code, k.event_date AS awarded,
       -- A title as reported may hold line ends, which no PDP file may.
       regexp_replace(coalesce(any_value(t.title), min(k.credential_title)), '[[:cntrl:]\x{80}-\x{9f}\x{2028}\x{2029}]+', ' ', 'g')
           AS title, any_value(t.ctid) AS ctid, any_value(t.cip) AS cip,
       any_value(t.stacks_to) AS stacks_to
FROM known k
LEFT JOIN {titles} t ON t.certifier = k.certifier AND t.credential_code = k.credential_code
LEFT JOIN revoked r ON r.student_id = k.student_id AND r.certifier = k.certifier AND r.credential_code = k.credential_code
WHERE k.event = 'award' AND NOT k.blocked AND coalesce(k.result, 'pass') <> 'fail'
      AND coalesce(r.last_day < k.event_date, true)
GROUP BY ALL
