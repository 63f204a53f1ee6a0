-- What became of the rows of each month's deliveries.
SELECT r.month, count(*) AS deliveries, count(*) FILTER (d.state NOT IN ('accepted', 'replayed')) AS not_accepted,
    sum(d.rows_in)::BIGINT AS rows_in, sum(d.rows_accepted)::BIGINT AS rows_accepted,
    sum(d.rows_quarantined)::BIGINT AS rows_quarantined, sum(d.rows_duplicate)::BIGINT AS rows_duplicate
FROM raw_feeds.deliveries AS d JOIN {received} AS r USING (certifier, delivery)
WHERE d.certifier = $certifier
GROUP BY r.month ORDER BY r.month
