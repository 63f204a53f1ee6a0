-- The people of a request; of a number that the layout allows four digits stay.
SELECT line AS row, nullif(first_name, '') AS first_name, nullif(middle_name, '') AS middle_name,
       nullif(last_name, '') AS last_name, nullif(name_suffix, '') AS name_suffix, birth_date,
       CASE WHEN ssn_readable AND ssn <> '' THEN right(ssn, 4) END AS ssn_last4, search_date, return_field
FROM {details}
ORDER BY line
