-- Students whom a wish of another industry may be about: whom linkage blocked there, by id, or by a surname, initial and birth date.
-- What is withheld from one who only looks like the person costs little; what is told of the person cannot be taken back.
SELECT student_id FROM {students}
UNION
SELECT student_id FROM {statements} WHERE student_id IS NOT NULL
UNION
SELECT d.kept_student_id
FROM education_registry.duplicate_students d
WHERE d.student_id IN (SELECT student_id FROM {students} UNION SELECT student_id FROM {statements})
UNION
SELECT i.student_id
FROM (SELECT student_id, first_name, birth_date, unnest(coalesce(surnames, [last_name])) AS surname
      FROM education_registry.person_index) i
JOIN {statements} w ON w.last_name = i.surname AND w.birth_date = i.birth_date
                    AND coalesce(w.first_name[1] = i.first_name[1], true)
