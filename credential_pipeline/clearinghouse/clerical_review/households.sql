-- Who else lives at the address of either side, as the registry has it, neither the student of the pair; and how many.
WITH homes AS (
    SELECT p.street, p.zip, count(*) AS students
    FROM education_registry.persons p
    SEMI JOIN {ends} e ON p.street = e.street AND p.zip = e.zip
    GROUP BY ALL)
SELECT DISTINCT e.pair_id, e.side, h.students, concat_ws(' ', p.first_name, p.last_name, p.name_suffix),
       year(p.birth_date), p.student_id
FROM {ends} e
JOIN homes h ON h.street = e.street AND h.zip = e.zip
-- A dormitory, or a placeholder: nobody is listed, and only the number is told.
LEFT JOIN education_registry.persons p ON h.students <= $most AND p.street = e.street AND p.zip = e.zip
WHERE p.student_id IS NULL OR p.student_id NOT IN (e.own_id, e.other_id)
ORDER BY ALL
