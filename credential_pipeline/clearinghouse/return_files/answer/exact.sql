-- Rows whose full name and birth date one student alone has, and nothing speaks against it: nobody else is looked for.
WITH pairs AS (
    SELECT l.record AS left_record, s.record AS right_record,
           coalesce(l.name_suffix = s.name_suffix, true)
           AND coalesce(l.ssn_last4 = s.ssn_last4, true)
           AND coalesce(l.middle_name[1] = s.middle_name[1], true) AS agree
    FROM {asked} l JOIN {students} s USING (first_name, last_name, birth_date)),
one AS (SELECT left_record FROM pairs GROUP BY left_record HAVING count(*) = 1 AND bool_and(agree))
SELECT left_record, right_record FROM pairs SEMI JOIN one USING (left_record)
