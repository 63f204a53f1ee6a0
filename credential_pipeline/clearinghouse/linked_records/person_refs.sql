-- Records that a sender says are one person, each with the first of its person id.
WITH named AS (
    SELECT r.record, first(r.record) OVER (PARTITION BY p.certifier, p.person_ref ORDER BY r.id) AS anchor
    FROM {profiles} p
    JOIN {identities} i USING (profile_id)
    JOIN {records} r ON r.id = i.identity
    WHERE p.person_ref IS NOT NULL)
SELECT DISTINCT least(a.record, b.record) AS left_record, greatest(a.record, b.record) AS right_record
FROM named a JOIN {records} b ON b.record = a.anchor
WHERE a.record <> b.record
