SELECT 'reported' AS reason, count(*) AS learners FROM {reasons}
UNION ALL
SELECT wanted.reason, count(found.reason)
FROM (VALUES ('opted_out'), ('ferpa_blocked'), ('extracted')) AS wanted(reason)
LEFT JOIN {reasons} found USING (reason)
GROUP BY wanted.reason
