-- Pairs of profiles as pairs of records of their identities, numbered from 0.
SELECT DISTINCT least(a.record, b.record) - 1 AS l, greatest(a.record, b.record) - 1 AS r
FROM {profiles} t
JOIN {identities} i ON i.profile_id = t.left_profile
JOIN {records} a ON a.id = i.identity
JOIN {identities} j ON j.profile_id = t.right_profile
JOIN {records} b ON b.id = j.identity
WHERE a.record <> b.record
ORDER BY l, r
