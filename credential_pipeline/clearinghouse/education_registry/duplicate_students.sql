-- The student ids that give way to another one, and what tells that they are one person.
WITH reasons AS (
    SELECT record, min_by(why, (chance, why)) AS why
    FROM (SELECT left_record AS record, chance, why FROM {links}
          UNION ALL SELECT right_record, chance, why FROM {links})
    GROUP BY record),
copies AS (
    SELECT g.person, f.student_id, r.why, p.ferpa_block,
           first_value(f.student_id) OVER kept AS kept_student_id,
           first_value(p.ferpa_block) OVER kept AS kept_ferpa_block
    FROM {groups} g JOIN {facts} f USING (record) JOIN reasons r USING (record)
    JOIN {persons} p ON p.student_id = f.student_id
    WINDOW kept AS (PARTITION BY g.person ORDER BY f.student_id))
SELECT student_id, kept_student_id, why, ferpa_block, kept_ferpa_block
FROM copies WHERE student_id <> kept_student_id ORDER BY student_id
