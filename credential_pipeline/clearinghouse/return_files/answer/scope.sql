-- The rows that found somebody: whether the student is one of the partner's own, and whether anybody blocked the person. Of a
-- learner linkage says so; of a student who is none, every wish that may be about the person is heard.
WITH met AS (
    SELECT a.asked, a.partner, p.role, p.of, p.campus, f.student_id, f.match_probability
    FROM {found} f JOIN {asked} a USING (asked) JOIN {partners} p USING (partner)),
person AS (
    SELECT m.*, l.learner_id, coalesce(l.blocked, false) OR coalesce(s.ferpa_block, true) AS blocked
    FROM met m
    LEFT JOIN education_registry.persons s USING (student_id)
    LEFT JOIN linked_records.learners l USING (student_id)),
attended AS (
    SELECT student_id, opeid FROM education_registry.enrollments SEMI JOIN met USING (student_id)
    UNION
    SELECT student_id, opeid FROM education_registry.degrees SEMI JOIN met USING (student_id)),
own AS (
    SELECT m.asked
    FROM met m JOIN attended t USING (student_id)
    WHERE m.role = 'institution' AND starts_with(t.opeid, m.campus)
    UNION
    SELECT p.asked
    FROM person p JOIN linked_records.links k ON k.learner_id = p.learner_id AND k.certifier = p.of
    WHERE p.role = 'certifier'),
registry AS (
    SELECT asked, partner, role, of, student_id, learner_id, match_probability,
           blocked OR student_id IN (SELECT student_id FROM {elsewhere})
           OR (learner_id IS NULL AND student_id IN (SELECT student_id FROM {heard})) AS blocked,
           asked IN (SELECT asked FROM own) AS own
    FROM person)
-- A certifier's own words stand where the registry does not know the person as one of its own, and where they say that the person is
-- blocked. Of whom they know alone, nothing but the certifier's credentials is told.
SELECT r.*
FROM registry r LEFT JOIN {certified} c USING (asked)
WHERE c.asked IS NULL OR (r.own AND (r.blocked OR NOT c.blocked))
UNION ALL
SELECT c.asked, c.partner, 'certifier', c.of, NULL, c.learner_id, NULL, c.blocked, true
FROM {certified} c LEFT JOIN registry r USING (asked)
WHERE NOT coalesce(r.own AND (r.blocked OR NOT c.blocked), false)
