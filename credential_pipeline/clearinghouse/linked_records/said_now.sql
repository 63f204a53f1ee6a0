-- What deliveries, registry and lists say today.
WITH
-- Of a student who stood there under several ids, those speak that the school marked.
marked AS (
    SELECT student_id, student_id AS kept_student_id FROM {students}
    WHERE ferpa_block AND student_id NOT IN (SELECT kept_student_id FROM {duplicates} WHERE NOT kept_ferpa_block)
    UNION ALL SELECT student_id, kept_student_id FROM {duplicates} WHERE ferpa_block),
said AS (
    SELECT source, certifier, record_id, person_ref, student_id, first_name, last_name, birth_date, scope, industry, reason,
           since, last_said, true AS own
    FROM {delivered}
    UNION ALL
    -- A row that is marked and accepted speaks for itself, should it be missing above.
    SELECT 'certifier', c.certifier, c.record_id, p.person_ref, NULL, NULL, NULL, NULL, 'all', NULL, 'FLAG', NULL, NULL, true
    FROM {credentials} c JOIN {profiles} p USING (profile_id)
    WHERE c.blocked AND NOT EXISTS (
        SELECT 1 FROM {delivered} d WHERE d.certifier = c.certifier AND d.record_id = c.record_id)
    UNION ALL
    SELECT source, certifier, record_id, person_ref, student_id, first_name, last_name, birth_date, scope, industry, reason,
           since, last_said, false
    FROM {elsewhere}
    UNION ALL
    SELECT 'school', NULL, NULL, NULL, s.student_id, i.first_name, i.last_name, i.birth_date, 'all', NULL,
           'FERPA_BLOCK', NULL, NULL, true
    FROM marked s LEFT JOIN {index} i ON i.student_id = s.kept_student_id
    UNION ALL
    SELECT source, certifier, record_id, person_ref, student_id, first_name, last_name, birth_date, scope, industry,
           'OPT_OUT', received, received, true
    FROM {listed})
SELECT source, certifier, record_id, person_ref, student_id, first_name, last_name, birth_date, scope, industry, reason, since,
       last_said, own
FROM said
