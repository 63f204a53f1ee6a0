-- The detail rows with their fields named; what is no day has no date. A Social Security number is known by its groups, whatever
-- stands between them; nine digits in a row are one in a name alone, for institutions mark their rows with such numbers.
WITH named AS (
    SELECT line, trim(fields[2]) AS ssn_text, trim(fields[3]) AS first_name, trim(fields[4]) AS middle_name,
           trim(fields[5]) AS last_name, trim(fields[6]) AS name_suffix, trim(fields[7]) AS birth_text,
           trim(fields[8]) AS search_text, trim(fields[10]) AS school_code, trim(fields[11]) AS branch,
           fields[12] AS return_field, concat_ws('|', fields[3], fields[4], fields[5], fields[6]) AS names
    FROM {lines} WHERE trim(fields[1]) = 'D1')
SELECT * EXCLUDE (ssn_text, names),
       CASE WHEN upper(ssn_text) = 'NO SSN' THEN '' ELSE ssn_text END AS ssn,
       regexp_full_match(ssn_text, '\d{3}-?\d{2}-?\d{4}') AS ssn_readable,
       regexp_matches(names || '|' || return_field,
                      '(^|\P{Nd})\p{Nd}{3}[\s.\x{A0}\x{2010}-\x{2015}\x{2212}-]+\p{Nd}{2}[\s.\x{A0}\x{2010}-\x{2015}\x{2212}-]+\p{Nd}{4}($|\P{Nd})')
           OR regexp_matches(names, '(^|\P{Nd})\p{Nd}{9}($|\P{Nd})') AS ssn_elsewhere,
       CASE WHEN regexp_full_match(birth_text, '[0-9]{8}') THEN try_strptime(birth_text, '%Y%m%d')::DATE END AS birth_date,
       CASE WHEN regexp_full_match(search_text, '[0-9]{8}') THEN try_strptime(search_text, '%Y%m%d')::DATE END AS search_date
FROM named
