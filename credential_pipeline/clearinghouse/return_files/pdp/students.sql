-- The students of an institution: whoever was enrolled there or took a degree there, and whether anybody blocked the person.
-- Of a learner linkage says who is blocked; of a student who is none, every wish that may be about the person is heard.
WITH attended AS (
    SELECT student_id, opeid FROM education_registry.enrollments
    UNION
    SELECT student_id, opeid FROM education_registry.degrees),
own AS (
    SELECT DISTINCT student_id FROM attended
    WHERE starts_with(opeid, $campus)),
learners AS (
    SELECT student_id, min(learner_id) AS learner_id, bool_or(blocked) AS blocked
    FROM linked_records.learners WHERE student_id IS NOT NULL GROUP BY ALL)
SELECT p.student_id, l.learner_id, p.birth_date, p.sex, p.student_id IN (SELECT student_id FROM own) AS own,
       coalesce(p.ferpa_block, true) OR coalesce(l.blocked, h.student_id IS NOT NULL)
       OR e.student_id IS NOT NULL AS blocked
FROM education_registry.persons p LEFT JOIN learners l USING (student_id) LEFT JOIN {heard} h USING (student_id)
LEFT JOIN {elsewhere} e USING (student_id)
WHERE own OR blocked
