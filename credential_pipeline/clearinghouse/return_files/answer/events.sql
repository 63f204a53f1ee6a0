-- What may be told of the people found: one row an enrollment, a degree or a credential, from the search date on (PA: before it).
WITH person AS (
    SELECT s.*, a.search_date, a.query_type = 'PA' AS before
    FROM {scoped} s JOIN {asked} a USING (asked) WHERE s.own AND NOT s.blocked),
enrolled AS (
    SELECT p.asked, 'enrollment' AS told, e.begin_date AS day, e.end_date, e.opeid, e.institution,
           coalesce(e.institution_state, c.state) AS state, coalesce(e.sector, c.sector) AS sector, e.status, e.cip,
           NULL AS degree_title
    FROM person p JOIN {allowed} w ON w.partner = p.partner AND w.what = 'enrollments'
    JOIN education_registry.enrollments e USING (student_id) LEFT JOIN {colleges} c USING (opeid)
    WHERE CASE WHEN p.before THEN e.begin_date < p.search_date ELSE coalesce(e.end_date >= p.search_date, true) END),
graduated AS (
    SELECT p.asked, 'degree' AS told, d.degree_date AS day, NULL::DATE AS end_date, d.opeid, d.institution,
           c.state, c.sector, NULL AS status, d.cip, coalesce(d.degree_title, d.degree_level) AS degree_title
    FROM person p JOIN {allowed} w ON w.partner = p.partner AND w.what = 'degrees'
    JOIN education_registry.degrees d USING (student_id) LEFT JOIN {colleges} c USING (opeid)
    WHERE CASE WHEN p.before THEN d.degree_date < p.search_date ELSE d.degree_date >= p.search_date END),
certified AS (
    SELECT p.asked, 'credential' AS told, h.first_date AS day, h.* EXCLUDE (learner_id, first_date)
           RENAME (status AS credential_status)
    FROM person p JOIN {allowed} w ON w.partner = p.partner AND w.what = 'credentials'
    JOIN {held} h USING (learner_id)
    WHERE (p.role <> 'certifier' OR h.certifier = p.of)
          AND CASE WHEN p.before THEN h.first_date < p.search_date ELSE h.first_date >= p.search_date END)
FROM enrolled UNION ALL BY NAME FROM graduated UNION ALL BY NAME FROM certified
