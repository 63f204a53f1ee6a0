-- From whom a wish goes on to whom: kind, node, to_kind, to_node.
WITH ref AS (
    SELECT DISTINCT certifier, person_ref, person FROM {known} WHERE person_ref IS NOT NULL),
shared AS (
    SELECT certifier, person_ref FROM ref GROUP BY ALL HAVING count(*) BETWEEN 2 AND $most),
best AS (
    SELECT DISTINCT person, student_id FROM {best} JOIN {merged} USING (learner) WHERE status = 'linked'),
may_be AS (
    SELECT person, student_id FROM {candidates} JOIN {merged} USING (learner)
    UNION SELECT person, student_id FROM {best} JOIN {merged} USING (learner) WHERE student_id IS NOT NULL),
-- One student under two ids: same name and birth date, unless the last four digits differ and nothing else agrees.
several AS (
    SELECT first_name, last_name, birth_date FROM {index}
    WHERE first_name IS NOT NULL AND last_name IS NOT NULL AND birth_date IS NOT NULL
    GROUP BY ALL HAVING count(*) > 1),
namesakes AS (FROM {index} SEMI JOIN several USING (first_name, last_name, birth_date))
SELECT DISTINCT 'person' AS kind, a.person AS node, 'person' AS to_kind, b.person AS to_node
FROM shared JOIN ref a USING (certifier, person_ref) JOIN ref b USING (certifier, person_ref)
WHERE a.person <> b.person
UNION ALL SELECT 'person', person, 'student', student_id FROM best
UNION ALL SELECT 'student', student_id, 'person', person FROM best
UNION ALL
-- An id that gave way still means the student.
SELECT 'student', student_id, 'student', kept_student_id FROM {duplicates}
UNION ALL
-- Whoever is linked to nobody may be any of those who are like him.
SELECT 'student', student_id, 'person', person FROM may_be ANTI JOIN best USING (person)
UNION ALL
SELECT 'student', a.student_id, 'student', b.student_id
FROM namesakes a JOIN namesakes b USING (first_name, last_name, birth_date)
WHERE a.student_id <> b.student_id
  AND (coalesce(a.ssn_last4 = b.ssn_last4, true)
       OR coalesce(a.email = b.email, false) OR coalesce(a.street = b.street AND a.zip = b.zip, false))
