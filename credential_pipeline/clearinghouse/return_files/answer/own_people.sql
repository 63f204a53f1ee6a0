-- The rows of certifiers that name somebody whom the certifier itself reported, by full name and birth date, with nothing against it:
-- one learner, or several of whom one is blocked; for of somebody who may be blocked nothing is told.
WITH matched AS (
    SELECT DISTINCT a.asked, a.partner, p.of, l.learner_id,
           coalesce(l.blocked, false) OR coalesce(l.student_id IN (SELECT student_id FROM {elsewhere}), false) AS blocked
    FROM {asked} a
    JOIN {partners} p ON p.partner = a.partner AND p.role = 'certifier'
    JOIN {profiles} f ON f.certifier = p.of AND f.birth_date = a.birth_date AND f.first_name = a.first_name
                      AND a.last_name IN (f.last_name, f.previous_last_name)
                      AND coalesce(f.name_suffix = a.name_suffix, true) AND coalesce(f.ssn_last4 = a.ssn_last4, true)
                      AND coalesce(f.middle_name[1] = a.middle_name[1], true)
    JOIN cleaned_learners.credentials c ON c.certifier = f.certifier AND c.profile_id = f.profile_id
    JOIN linked_records.links k ON k.certifier = c.certifier AND k.record_id = c.record_id
    JOIN linked_records.learners l ON l.learner_id = k.learner_id)
SELECT asked, partner, any_value(of) AS of, arg_max(learner_id, (blocked, learner_id)) AS learner_id, bool_or(blocked) AS blocked
FROM matched
GROUP BY asked, partner
HAVING count(*) = 1 OR bool_or(blocked)
