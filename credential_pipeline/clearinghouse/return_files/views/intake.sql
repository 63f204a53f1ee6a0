-- What became of the rows that the certifier sent: rows, not people, and nothing that its receipts have not told already.
WITH sent AS (
    SELECT count(*) AS deliveries, sum(rows_in) AS rows_in, sum(rows_accepted) AS rows_accepted,
           sum(rows_quarantined) AS rows_quarantined, sum(rows_duplicate) AS rows_duplicate
    FROM raw_feeds.deliveries WHERE certifier = $certifier
)
SELECT 'intake' AS subject, 'all' AS dimension, 'all' AS level, measure, CAST(value AS BIGINT) AS value
FROM sent UNPIVOT (value FOR measure IN (deliveries, rows_in, rows_accepted, rows_quarantined, rows_duplicate))
UNION ALL
SELECT 'intake', 'reason', reason_code, 'rows_quarantined', count(*)
FROM raw_feeds.quarantine WHERE certifier = $certifier GROUP BY reason_code
UNION ALL
SELECT 'intake', 'refused', reason_code, 'deliveries', count(*)
FROM raw_feeds.deliveries WHERE certifier = $certifier AND state = 'refused' GROUP BY reason_code
