-- The details of a request as one text; the number of a person never stands in it.
SELECT string_agg(
    concat_ws(chr(9), 'D1', '', first_name, middle_initial, last_name, name_suffix, birth_date, search_date, '',
              $school_code, $branch, return_field),
    chr(13) || chr(10) ORDER BY return_field)
FROM {made}
