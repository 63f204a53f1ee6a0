-- Where planted pairs may come from: hop, answer, the two ids, and what may be altered.
WITH few AS (FROM {certain} ORDER BY md5($salt || profile_id) LIMIT $few),
-- A name on a large part of all rows is a placeholder, and comparing everybody under it would never end.
usual AS (
    SELECT last_name, first_name[1] AS initial
    FROM education_registry.persons SEMI JOIN few USING (last_name)
    GROUP BY ALL HAVING count(*) <= $crowd),
twice AS (
    FROM cleaned_learners.profiles
    WHERE first_name IS NOT NULL AND last_name IS NOT NULL AND birth_date IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY first_name, last_name, birth_date) BETWEEN 2 AND $several),
-- What people have decided is an opinion.
decided AS (
    SELECT left_id, right_id FROM linked_records.pairs WHERE reviewed IS NOT NULL
    UNION SELECT right_id, left_id FROM linked_records.pairs WHERE reviewed IS NOT NULL),
found AS (
    SELECT 'student' AS hop, 'match' AS answer, profile_id AS left_id, student_id AS right_id,
           first_name, last_name, birth_date, 0 AS unlike
    FROM {certain}
    UNION ALL
    -- Another student of a like name: the registry knows both, and birth date and last four or sex contradict.
    SELECT 'student', 'no_match', c.profile_id,
           arg_min(t.student_id, concat(t.first_name <> c.first_name, md5($salt || t.student_id))),
           NULL, NULL, NULL, min((t.first_name <> c.first_name)::INTEGER)
    FROM few c
    JOIN usual u ON u.last_name = c.last_name AND u.initial = c.first_name[1]
    JOIN education_registry.persons t
      ON t.last_name = c.last_name AND t.first_name[1] = c.first_name[1] AND t.student_id <> c.student_id
    WHERE abs(year(t.birth_date) - year(c.birth_date)) >= $years AND month(t.birth_date) <> month(c.birth_date)
      AND (t.sex <> c.sex OR levenshtein(t.ssn_last4, c.ssn_last4) >= $digits)
    GROUP BY c.profile_id
    UNION ALL
    -- Two records of one name and birth date that share a third mark, or to which their sender gave one id.
    SELECT 'learner', 'match', a.profile_id, b.profile_id, a.first_name, a.last_name, a.birth_date, 0
    FROM twice a
    JOIN twice b
      ON b.first_name = a.first_name AND b.last_name = a.last_name AND b.birth_date = a.birth_date
     AND b.profile_id > a.profile_id
    WHERE (a.ssn_last4 = b.ssn_last4 OR a.email = b.email OR (a.street = b.street AND a.zip = b.zip)
           OR (a.certifier = b.certifier AND a.person_ref = b.person_ref))
      AND coalesce(a.ssn_last4 = b.ssn_last4, true) AND coalesce(a.sex = b.sex, true)
      AND coalesce(a.middle_name[1] = b.middle_name[1], true) AND coalesce(a.name_suffix = b.name_suffix, true)
      AND (a.certifier <> b.certifier OR coalesce(a.person_ref = b.person_ref, true))
    UNION ALL
    SELECT 'learner', 'no_match', x.profile_id,
           arg_min(y.profile_id, concat(y.first_name <> x.first_name, md5($salt || y.profile_id))),
           NULL, NULL, NULL, min((y.first_name <> x.first_name)::INTEGER)
    FROM few x
    JOIN {certain} y
      ON y.last_name = x.last_name AND y.first_name[1] = x.first_name[1] AND y.student_id <> x.student_id
    WHERE abs(year(y.birth_date) - year(x.birth_date)) >= $years AND month(y.birth_date) <> month(x.birth_date)
      AND (y.sex <> x.sex OR levenshtein(y.ssn_last4, x.ssn_last4) >= $digits)
    GROUP BY x.profile_id)
SELECT hop, answer, left_id, right_id, first_name, last_name, birth_date
FROM found
ANTI JOIN decided USING (left_id, right_id)
QUALIFY row_number() OVER (
    PARTITION BY hop, answer
    -- Pairs that are shown as they are stand back: nobody should meet one pair twice.
    ORDER BY list_contains($shown, left_id) OR list_contains($shown, right_id), unlike,
             md5($salt || left_id || right_id), left_id, right_id) <= $most
ORDER BY hop, answer, list_contains($shown, left_id) OR list_contains($shown, right_id), unlike,
         md5($salt || left_id || right_id), left_id, right_id
