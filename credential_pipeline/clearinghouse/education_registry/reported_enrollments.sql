-- Enrollments as reports tell them. Whether one carried credit, or the student sought a degree, they do not say.
SELECT DISTINCT requester_return_field AS student_id, opeid,
       college_name AS institution, upper(college_state) AS institution_state,
       CASE WHEN lower(public_private) = 'public' THEN 'public' WHEN lower(public_private) = 'private' THEN 'private' END
       || CASE two_year_four_year[1] WHEN '2' THEN '_2yr' WHEN '4' THEN '_4yr' WHEN 'L' THEN '_less_than_2yr' END AS sector,
       NULL AS credit, NULL AS degree_seeking, enrollment_begin AS begin_date, enrollment_end AS end_date,
       upper(enrollment_status) AS status,
       CASE WHEN length(enrollment_cip_1) = 6 THEN enrollment_cip_1[:2] || '.' || enrollment_cip_1[3:]
            ELSE enrollment_cip_1 END AS cip
FROM {rows}
WHERE record_found = 'Y' AND upper(coalesce(graduated, 'N')) <> 'Y' AND enrollment_begin IS NOT NULL
