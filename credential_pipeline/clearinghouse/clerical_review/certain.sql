-- Profiles that are a student without anybody's opinion: name, birth date and a third mark agree, nothing disagrees, and
-- the registry holds nobody else of whom that is true.
SELECT p.left_id AS profile_id, p.right_id AS student_id, s.first_name, s.last_name, s.birth_date, s.sex, s.ssn_last4
FROM (SELECT left_id, right_id FROM linked_records.pairs
      WHERE hop = 'student' GROUP BY ALL HAVING bool_and(reviewed IS NULL)) p
JOIN cleaned_learners.profiles a ON a.profile_id = p.left_id
JOIN education_registry.persons s ON s.student_id = p.right_id
WHERE a.first_name = s.first_name AND a.last_name = s.last_name AND a.birth_date = s.birth_date
  AND (a.ssn_last4 = s.ssn_last4 OR a.email = s.email OR (a.street = s.street AND a.zip = s.zip))
  AND coalesce(a.ssn_last4 = s.ssn_last4, true) AND coalesce(a.sex = s.sex, true)
  AND coalesce(a.middle_name[1] = s.middle_name[1], true) AND coalesce(a.name_suffix = s.name_suffix, true)
QUALIFY count(*) OVER (PARTITION BY p.left_id) = 1
