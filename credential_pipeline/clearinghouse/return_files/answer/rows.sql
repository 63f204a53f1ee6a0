-- The rows of the reports, as text in the layout's order of columns; blocked people have none.
WITH answered AS (
    SELECT n.*, a.first_name, a.middle_name, a.last_name, a.name_suffix, a.search_date
    FROM {answers} n JOIN {asked} a USING (asked) WHERE n.outcome <> 'blocked'),
firsts AS (
    SELECT asked, opeid, min(day) AS first_day FROM {events} WHERE told <> 'credential' GROUP BY ALL),
colleges AS (
    SELECT asked, opeid, row_number() OVER (PARTITION BY asked ORDER BY first_day NULLS LAST, opeid) AS place FROM firsts),
told AS (
    SELECT e.*, c.place,
           row_number() OVER (
               PARTITION BY e.asked
               ORDER BY CASE e.told WHEN 'enrollment' THEN 1 WHEN 'degree' THEN 2 ELSE 3 END, e.day NULLS FIRST,
                        e.end_date NULLS LAST, e.opeid, e.certifier, e.credential_code, e.degree_title, e.cip, e.status,
                        e.sector, e.institution, e.state) AS sequence
    FROM {events} e LEFT JOIN colleges c USING (asked, opeid))
SELECT n.partner, n.request_id, n."row", coalesce(t.sequence, 1) AS sequence,
       CASE WHEN n.outcome = 'found' THEN n.student_id END AS student_id,
       CASE WHEN n.outcome = 'found' THEN n.learner_id END AS learner_id,
       coalesce(t.told, 'none') AS told,
       n.return_field AS your_unique_identifier, n.first_name, n.middle_name[1] AS middle_initial, n.last_name,
       n.name_suffix, n.return_field AS requester_return_field,
       CASE WHEN t.asked IS NULL THEN 'N' ELSE 'Y' END AS record_found,
       strftime(n.search_date, '%Y%m%d') AS search_date,
       CASE WHEN length(t.opeid) = 8 THEN t.opeid[:6] || '-' || t.opeid[7:] ELSE t.opeid END AS college_code_branch,
       t.institution AS college_name, t.state AS college_state,
       CASE WHEN contains(t.sector, 'less') THEN 'L' WHEN contains(t.sector, '2yr') THEN '2'
            WHEN contains(t.sector, '4yr') THEN '4' END AS two_year_four_year,
       CASE WHEN t.sector LIKE 'public%' THEN 'Public'
            WHEN t.sector LIKE 'private%' OR t.sector = 'for_profit' THEN 'Private' END AS public_private,
       CASE WHEN t.told = 'enrollment' THEN strftime(t.day, '%Y%m%d') END AS enrollment_begin,
       strftime(t.end_date, '%Y%m%d') AS enrollment_end,
       CASE WHEN upper(t.status) IN ('F', 'Q', 'H', 'L', 'W', 'A', 'D') THEN upper(t.status) END AS enrollment_status,
       NULL AS class_level, NULL AS enrollment_major_1,
       CASE WHEN t.told = 'enrollment' THEN replace(t.cip, '.', '') END AS enrollment_cip_1,
       NULL AS enrollment_major_2, NULL AS enrollment_cip_2,
       CASE WHEN t.told = 'degree' THEN 'Y' WHEN t.told IS NOT NULL THEN 'N' END AS graduated,
       CASE WHEN t.told = 'degree' THEN strftime(t.day, '%Y%m%d') END AS graduation_date,
       t.degree_title, NULL AS degree_major_1,
       CASE WHEN t.told = 'degree' THEN replace(t.cip, '.', '') END AS degree_cip_1,
       NULL AS degree_major_2, NULL AS degree_cip_2, NULL AS degree_major_3, NULL AS degree_cip_3,
       NULL AS degree_major_4, NULL AS degree_cip_4, t.place::VARCHAR AS college_sequence,
       t.certifier AS credential_certifier, t.credential_code, t.title AS credential_title, t.ctid AS credential_ctid,
       strftime(t.award_date, '%Y%m%d') AS credential_award_date,
       strftime(t.expiration_date, '%Y%m%d') AS credential_expiration_date, t.credential_status
FROM answered n LEFT JOIN told t ON t.asked = n.asked AND n.outcome = 'found'
