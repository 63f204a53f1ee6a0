-- Who may stand twice, in blocks of those who are compared with one another: block, record, student_id.
-- The index stands in the order of birth date and name, so namesakes of one birth date are neighbors.
WITH beside AS (
    SELECT record, birth_ymd = lag(birth_ymd) OVER () AND last_name = lag(last_name) OVER ()
                   AND first_name = lag(first_name) OVER () AS follows
    FROM {index}),
neighbors AS (SELECT DISTINCT unnest([record - 1, record]) AS record FROM beside WHERE follows),
dated AS (
    SELECT *, count(*) OVER (PARTITION BY birth_ymd, last_name, first_name) AS namesakes
    FROM {index} SEMI JOIN neighbors USING (record)),
-- Without a birth date, a name alone tells nobody; something else must be the same.
undated AS (
    FROM {index} WHERE birth_ymd IS NULL AND first_name IS NOT NULL AND last_name IS NOT NULL),
named AS (FROM {index} SEMI JOIN undated USING (last_name, first_name)),
by_digits AS (FROM named SEMI JOIN undated USING (last_name, first_name, ssn_last4)),
by_email AS (FROM named SEMI JOIN undated USING (last_name, first_name, email)),
by_place AS (FROM named SEMI JOIN undated USING (last_name, first_name, street, zip))
SELECT hash('name', birth_ymd, last_name, first_name) AS block, record, student_id FROM dated WHERE namesakes <= $most
UNION ALL
SELECT hash('digits', birth_ymd, last_name, first_name, ssn_last4), record, student_id
FROM dated WHERE namesakes > $most AND ssn_last4 IS NOT NULL
UNION ALL
SELECT hash('email', birth_ymd, last_name, first_name, email), record, student_id
FROM dated WHERE namesakes > $most AND email IS NOT NULL
UNION ALL
SELECT hash('place', birth_ymd, last_name, first_name, street, zip), record, student_id
FROM dated WHERE namesakes > $most AND street IS NOT NULL AND zip IS NOT NULL
UNION ALL
SELECT hash('undated digits', last_name, first_name, ssn_last4), record, student_id FROM by_digits
UNION ALL
SELECT hash('undated email', last_name, first_name, email), record, student_id FROM by_email
UNION ALL
SELECT hash('undated place', last_name, first_name, street, zip), record, student_id FROM by_place
