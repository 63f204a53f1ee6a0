-- Names and birth dates that people found to be more than one person.
SELECT a.first_name, a.last_name, a.birth_date
FROM {cannot} c
JOIN {profiles} a ON a.profile_id = c.left_profile
JOIN {profiles} b ON b.profile_id = c.right_profile
 AND (b.first_name, b.last_name, b.birth_date) = (a.first_name, a.last_name, a.birth_date)
UNION
SELECT p.first_name, p.last_name, p.birth_date
FROM {must_student} m JOIN {profiles} p USING (profile_id)
GROUP BY ALL
HAVING count(DISTINCT m.student_id) > 1
