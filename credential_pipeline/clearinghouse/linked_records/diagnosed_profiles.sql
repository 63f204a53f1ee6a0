SELECT hash(l.learner_id) AS learner, p.certifier, p.first_name, p.last_name, p.sex, p.birth_date,
       p.zip IS NOT NULL AS address, p.ssn_last4 IS NOT NULL AS last_four,
       l.status, l.match_probability::DECIMAL(9, 6) AS p, l.student_id IS NOT NULL AS has_student, l.decided_by
FROM {links} l JOIN {profiles} p USING (profile_id)
