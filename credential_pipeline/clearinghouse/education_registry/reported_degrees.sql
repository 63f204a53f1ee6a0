-- Degrees as reports tell them; the level is read off the title where the title tells it.
SELECT DISTINCT requester_return_field AS student_id, opeid,
       college_name AS institution, graduation_date AS degree_date, degree_title,
       CASE WHEN regexp_matches(lower(degree_title), 'doctor|\bph\.? ?d') THEN 'doctor'
            WHEN regexp_matches(lower(degree_title), 'master') THEN 'master'
            WHEN regexp_matches(lower(degree_title), 'bachelor') THEN 'bachelor'
            WHEN regexp_matches(lower(degree_title), 'associate') THEN 'associate'
            WHEN regexp_matches(lower(degree_title), 'certificate|diploma') THEN 'certificate' END AS degree_level,
       CASE WHEN length(degree_cip_1) = 6 THEN degree_cip_1[:2] || '.' || degree_cip_1[3:] ELSE degree_cip_1 END AS cip
FROM {rows}
WHERE record_found = 'Y' AND upper(graduated) = 'Y'
