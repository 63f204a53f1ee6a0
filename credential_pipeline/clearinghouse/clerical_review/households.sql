-- Who else lives at the address of either side, as the registry has it; neither the student of the pair.
SELECT DISTINCT e.pair_id, e.side, concat_ws(' ', p.first_name, p.last_name, p.name_suffix), year(p.birth_date), p.student_id
FROM {ends} e
JOIN education_registry.persons p ON p.street = e.street AND p.zip = e.zip AND p.student_id NOT IN (e.own_id, e.other_id)
ORDER BY ALL
