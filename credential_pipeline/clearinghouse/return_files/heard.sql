-- Students whom a wish to share nothing may be about: by id, or by any surname, initial and birth date. Linkage follows every wish to the
-- learners; this is for students who are none.
WITH wishes AS (
    SELECT w.student_id, w.first_name, w.last_name, w.birth_date
    FROM linked_records.block_statements w
    ANTI JOIN (SELECT statement_id FROM linked_records.blocks GROUP BY ALL HAVING bool_and(rescinded IS NOT NULL)) r
        USING (statement_id))
SELECT student_id FROM wishes WHERE student_id IS NOT NULL
UNION
SELECT i.student_id
FROM (SELECT student_id, first_name, birth_date, unnest(coalesce(surnames, [last_name])) AS surname
      FROM education_registry.person_index) i
JOIN wishes w ON w.last_name = i.surname AND w.birth_date = i.birth_date
              AND coalesce(w.first_name[1] = i.first_name[1], true)
