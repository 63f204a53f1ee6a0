WITH same AS (
    SELECT first_name, last_name, birth_date, min(profile_id) AS identity
    FROM {profiles}
    WHERE first_name IS NOT NULL AND last_name IS NOT NULL AND birth_date IS NOT NULL
    GROUP BY ALL
    HAVING count(*) > 1
       AND coalesce(min(name_suffix) = max(name_suffix), true)
       AND coalesce(min(sex) = max(sex), true)
       AND coalesce(min(ssn_last4) = max(ssn_last4), true)
       AND coalesce(min(substr(middle_name, 1, 1)) = max(substr(middle_name, 1, 1)), true)),
whole AS (SELECT * FROM same ANTI JOIN {torn} USING (first_name, last_name, birth_date))
SELECT p.profile_id, coalesce(s.identity, p.profile_id) AS identity
FROM {profiles} p LEFT JOIN whole s USING (first_name, last_name, birth_date)
