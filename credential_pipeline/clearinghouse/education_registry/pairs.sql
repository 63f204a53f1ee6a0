-- Whom to compare: left_record, right_record. In a large block everybody is compared with the next one only.
WITH placed AS (
    SELECT block, record, count(*) OVER (PARTITION BY block) AS size,
           lag(record) OVER (PARTITION BY block ORDER BY student_id, record) AS before
    FROM {suspects}),
small AS (FROM placed WHERE size BETWEEN 2 AND $most)
SELECT least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record
FROM small a JOIN small b ON a.block = b.block AND a.record < b.record
UNION
SELECT least(record, before), greatest(record, before) FROM placed WHERE size > $most AND before IS NOT NULL
