-- The students of an institution: whoever was enrolled there or took a degree there, and whether anybody blocked the person.
-- Linkage follows every wish to the learners; of a student who is no learner, each wish that fits by id, or by surname, initial and
-- birth date, is heard.
WITH attended AS (
    SELECT student_id, opeid FROM education_registry.enrollments
    UNION
    SELECT student_id, opeid FROM education_registry.degrees),
own AS (
    SELECT DISTINCT student_id FROM attended
    WHERE opeid[:6] = $school_code AND ($branch = '00' OR coalesce(nullif(opeid[7:8], ''), '00') = $branch)),
wishes AS (
    SELECT w.student_id, w.first_name, w.last_name, w.birth_date
    FROM linked_records.block_statements w
    ANTI JOIN (SELECT statement_id FROM linked_records.blocks GROUP BY ALL HAVING bool_and(rescinded IS NOT NULL)) r
        USING (statement_id)),
heard AS (
    SELECT student_id FROM wishes
    UNION
    SELECT i.student_id
    FROM education_registry.person_index i
    JOIN wishes w ON w.last_name = i.last_name AND w.birth_date = i.birth_date
                  AND coalesce(w.first_name[1] = i.first_name[1], true)),
learners AS (
    SELECT student_id, min(learner_id) AS learner_id, bool_or(blocked) AS blocked
    FROM linked_records.learners WHERE student_id IS NOT NULL GROUP BY ALL)
SELECT p.student_id, l.learner_id, p.birth_date, p.sex, p.student_id IN (SELECT student_id FROM own) AS own,
       coalesce(p.ferpa_block, true) OR coalesce(l.blocked, h.student_id IS NOT NULL) AS blocked
FROM education_registry.persons p LEFT JOIN learners l USING (student_id) LEFT JOIN heard h USING (student_id)
WHERE own OR blocked
