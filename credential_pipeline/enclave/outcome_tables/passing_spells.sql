-- Each pair's way to its first pass, by sittings and by days: how far it was followed, and whether it ended with a pass.
-- Who failed and did not sit again for so long that no more is expected is followed without end.
SELECT certifier, credential, 'sitting' AS curve,
       coalesce(passed_at, CASE WHEN passed OR days_since_sitting < $given_up THEN last_sitting ELSE $endless END) AS spell,
       passed_at IS NOT NULL AS passed
FROM {tries}
UNION ALL
SELECT certifier, credential, 'months', coalesce(days_to_pass, days_followed), passed FROM {tries}
