-- Pairs in which nothing contradicts, what agrees, and how many others would be expected to agree as much by chance:
-- left_record, right_record, chance, telling, why.
WITH seen AS (
    SELECT left_record, right_record, a.n_date, a.n_digits, a.n_email, a.n_place, a.n_zip,
           coalesce(a.birth_ymd = b.birth_ymd, false) AS same_date,
           coalesce(a.ssn_last4 = b.ssn_last4, false) AS same_digits,
           a.email = b.email AS same_email,
           a.street = b.street AND a.zip = b.zip AS same_place,
           a.zip = b.zip AS same_zip,
           coalesce(a.house <> '' AND a.house = b.house, false) AS same_house,
           coalesce(a.name_suffix = b.name_suffix, false) AS same_suffix,
           coalesce(a.previous_last_name = b.previous_last_name, false) AS same_previous,
           CASE WHEN a.middle_name IS NOT NULL AND b.middle_name IS NOT NULL
                THEN least(length(a.middle_name), length(b.middle_name)) ELSE 0 END AS middle_length,
           greatest(a.n_middle, b.n_middle) AS n_middle,
           2.0 * a.n_first * a.n_last / $students AS expected,
           a.n_name,
           row(a.middle_name, a.name_suffix, a.previous_last_name, a.birth_ymd, a.sex, a.ssn_last4, a.email, a.street,
               a.city, a.state, a.zip)
           IS NOT DISTINCT FROM
           row(b.middle_name, b.name_suffix, b.previous_last_name, b.birth_ymd, b.sex, b.ssn_last4, b.email, b.street,
               b.city, b.state, b.zip) AS exact
    FROM {pairs} JOIN {facts} a ON a.record = left_record JOIN {facts} b ON b.record = right_record
    WHERE a.first_name = b.first_name AND a.last_name = b.last_name
      AND coalesce(a.birth_ymd = b.birth_ymd, true)
      AND coalesce(a.sex = b.sex, true)
      AND coalesce(a.name_suffix = b.name_suffix, true)
      AND coalesce(a.ssn_last4 = b.ssn_last4, true)
      AND coalesce(starts_with(a.middle_name, b.middle_name) OR starts_with(b.middle_name, a.middle_name)
                   OR (left(a.middle_name, 1) = left(b.middle_name, 1)
                       AND jaro_winkler_similarity(a.middle_name, b.middle_name) >= 0.85), true)),
weighed AS (
    SELECT *,
           -- Other people of the name: those who are seen, and those whom the frequencies of its parts foretell.
           greatest(n_name - 1, n_name * expected / (1 + expected)) AS others,
           -- Twice, because first names go with generations; a small registry says little of a single day.
           CASE WHEN same_date THEN 2 * (greatest(n_date - 2, 0) + 0.04) / ($students + 1000) ELSE 1 END AS by_date,
           CASE WHEN same_digits THEN greatest(n_digits / $students, 1e-4) ELSE 1 END AS by_digits,
           CASE WHEN same_email THEN greatest((n_email - 2) / $students, 1e-6)
                WHEN NOT same_email THEN 2 ELSE 1 END AS by_email,
           CASE WHEN same_place THEN greatest((n_place - 2) / $students, 1e-6)
                WHEN same_zip AND same_house THEN greatest(n_zip / $students / 100, 1e-6)
                WHEN same_zip THEN greatest(n_zip / $students, 1e-2)
                WHEN NOT same_zip THEN 3 ELSE 1 END AS by_place,
           CASE WHEN middle_length > 1 THEN greatest(n_middle / $students, 1e-3)
                WHEN middle_length = 1 THEN 0.1 ELSE 1 END AS by_middle,
           CASE WHEN same_suffix THEN 0.05 ELSE 1 END * CASE WHEN same_previous THEN 0.01 ELSE 1 END AS by_others
    FROM seen)
SELECT left_record, right_record,
       -- Two strangers seldom leave the same things empty.
       CASE WHEN exact THEN 0.3 ELSE 1 END * (others * by_date * by_digits * by_email * by_place * by_middle * by_others
       -- One in a thousand has a namesake in the family, who shares address, often e-mail and middle name; hardly ever the day.
       + 1e-3 * CASE WHEN same_date THEN greatest(5e-3, by_date / 2) ELSE 1 END * by_digits
         * CASE WHEN same_email THEN 0.05 ELSE 1 END * CASE WHEN middle_length >= 1 THEN 0.5 ELSE 1 END
         * CASE WHEN NOT same_zip THEN 0.1 ELSE 1 END) AS chance,
       same_digits OR coalesce(same_email, false) OR coalesce(same_place, false) AS telling,
       CASE WHEN exact THEN 'exact copy' ELSE concat_ws(', ', 'name',
           CASE WHEN same_date THEN 'birth date' END, CASE WHEN same_digits THEN 'last four digits' END,
           CASE WHEN same_email THEN 'e-mail' END,
           CASE WHEN same_place THEN 'address' WHEN same_zip AND same_house THEN 'house number and ZIP code' END,
           CASE WHEN middle_length > 1 THEN 'middle name' WHEN middle_length = 1 THEN 'middle initial' END) END AS why
FROM weighed
