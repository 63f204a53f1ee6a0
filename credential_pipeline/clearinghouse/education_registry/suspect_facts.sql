-- What is known of those who are compared, and how many students share each value with them.
WITH named AS (
    FROM {index} SEMI JOIN (SELECT left_record AS record FROM {pairs} UNION SELECT right_record FROM {pairs}) USING (record)),
firsts AS (SELECT first_name, count(*) AS n_first FROM {index} SEMI JOIN named USING (first_name) GROUP BY ALL),
lasts AS (SELECT last_name, count(*) AS n_last FROM {index} SEMI JOIN named USING (last_name) GROUP BY ALL),
-- Copies share their birth date and are counted once.
names AS (
    SELECT first_name, last_name, count(DISTINCT birth_ymd) + count(*) FILTER (birth_ymd IS NULL) AS n_name
    FROM {index} SEMI JOIN named USING (first_name, last_name) GROUP BY ALL),
dates AS (SELECT birth_ymd, count(*) AS n_date FROM {index} SEMI JOIN named USING (birth_ymd) GROUP BY ALL),
middles AS (
    SELECT middle_name, count(*) AS n_middle FROM {index} SEMI JOIN named USING (middle_name) GROUP BY ALL),
digits AS (SELECT ssn_last4, count(*) AS n_digits FROM {index} SEMI JOIN named USING (ssn_last4) GROUP BY ALL),
emails AS (SELECT email, count(*) AS n_email FROM {index} SEMI JOIN named USING (email) GROUP BY ALL),
places AS (SELECT street, zip, count(*) AS n_place FROM {index} SEMI JOIN named USING (street, zip) GROUP BY ALL),
zips AS (SELECT zip, count(*) AS n_zip FROM {index} SEMI JOIN named USING (zip) GROUP BY ALL)
SELECT named.* EXCLUDE (surnames), n_first, n_last, n_name, n_date, n_middle, n_digits, n_email, n_place, n_zip,
       regexp_extract(street, '^[0-9]+') AS house
FROM named
LEFT JOIN firsts USING (first_name)
LEFT JOIN lasts USING (last_name)
LEFT JOIN names USING (first_name, last_name)
LEFT JOIN dates USING (birth_ymd)
LEFT JOIN middles USING (middle_name)
LEFT JOIN digits USING (ssn_last4)
LEFT JOIN emails USING (email)
LEFT JOIN places USING (street, zip)
LEFT JOIN zips USING (zip)
