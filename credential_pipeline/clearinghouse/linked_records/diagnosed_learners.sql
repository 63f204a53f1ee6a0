-- Learners by what their profiles know together and how they were decided: n, and p, the sum of their probabilities.
-- Whose profiles contradict one another in the sex counts as not stated.
WITH known AS (
    SELECT max(status) AS status, max(p) AS p, bool_or(has_student) AS has_student, max(decided_by) AS decided_by,
           CASE WHEN min(sex) = max(sex) THEN min(sex) END AS sex, year(min(birth_date)) // 10 * 10 AS birth_decade,
           bool_or(address) AS address, bool_or(last_four) AS last_four
    FROM {known}
    GROUP BY learner),
counted AS (SELECT * EXCLUDE (p), count(*) AS n, sum(p) AS p FROM known GROUP BY ALL)
SELECT *, CASE WHEN birth_decade IS NULL THEN 'no' ELSE 'yes' END AS has_birth_date,
       concat_ws('+', 'name', CASE WHEN birth_decade IS NOT NULL THEN 'birth_date' END,
                 CASE WHEN address THEN 'address' END, CASE WHEN last_four THEN 'ssn_last4' END) AS fields
FROM counted
