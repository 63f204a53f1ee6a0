-- Each return field that was answered; found in one report is found.
WITH told AS (SELECT student_id FROM {enrollments} UNION ALL SELECT student_id FROM {degrees}),
counted AS (SELECT student_id, count(*) AS records FROM told GROUP BY ALL)
SELECT requester_return_field AS profile_id, bool_or(record_found = 'Y') AS found,
       coalesce(any_value(records), 0) AS records
FROM {rows} LEFT JOIN counted ON student_id = requester_return_field
GROUP BY ALL
