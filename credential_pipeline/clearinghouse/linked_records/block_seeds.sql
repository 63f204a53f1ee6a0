-- Whom a statement names itself: statement_id, kind (person or student), node.
WITH by_name AS (
    SELECT statement_id, first_name, last_name, birth_date FROM {statements}
    WHERE first_name IS NOT NULL AND last_name IS NOT NULL AND birth_date IS NOT NULL),
named AS (
    SELECT s.statement_id, 'person' AS kind, k.person AS node, s.first_name AS one, k.first_name AS two
    FROM by_name s JOIN {known} k USING (last_name, birth_date)
    UNION ALL
    SELECT s.statement_id, 'student', k.student_id, s.first_name, k.first_name
    FROM by_name s JOIN {students} k USING (last_name, birth_date))
SELECT s.statement_id, 'person' AS kind, k.person AS node
FROM {statements} s JOIN {known} k USING (certifier, record_id)
UNION
SELECT s.statement_id, 'person', k.person FROM {statements} s JOIN {known} k USING (certifier, person_ref)
UNION
SELECT statement_id, 'student', student_id FROM {statements} WHERE student_id IS NOT NULL
UNION
-- One form of a first name is as good as another: an initial, a short form, a nickname.
SELECT n.statement_id, n.kind, n.node
FROM named n
LEFT JOIN {nicknames} a ON a.name = n.one
LEFT JOIN {nicknames} b ON b.name = n.two
WHERE starts_with(n.one, n.two) OR starts_with(n.two, n.one) OR coalesce(list_has_any(a.groups, b.groups), false)
