-- Names as the layout takes them: letters without accents, in plain ASCII, cut to their lengths.
WITH spelled AS (
    SELECT return_field, birth_date, search_date,
           {'first': first_name, 'middle': middle_name, 'last': last_name, 'suffix': name_suffix} AS name
    FROM {people}),
plain AS (
    SELECT * EXCLUDE (name),
           list_transform([name.first, name.middle, name.last, name.suffix], lambda text: trim(regexp_replace(
               strip_accents(translate(
                   replace(replace(replace(replace(replace(replace(replace(coalesce(text, ''),
                       'ß', 'ss'), 'ẞ', 'SS'), 'Æ', 'AE'), 'æ', 'ae'), 'Œ', 'OE'), 'œ', 'oe'), chr(9), ' '),
                   'ØøŁłĐđÞþ’‘´ʼ', 'OoLlDdTt''''''''')),
               '[^ -~]', '', 'g'))) AS names
    FROM spelled)
SELECT return_field, names[1][:20] AS first_name, names[2][:1] AS middle_initial, names[3][:20] AS last_name,
       names[4][:5] AS name_suffix, coalesce(strftime(birth_date, '%Y%m%d'), '') AS birth_date,
       coalesce(strftime(search_date, '%Y%m%d'), '') AS search_date
FROM plain
