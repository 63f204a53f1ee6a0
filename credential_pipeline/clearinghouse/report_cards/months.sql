-- What became of the rows of each month's deliveries; those of a delivery that counts no longer are replaced, and not to be mended.
SELECT r.month, count(*) AS deliveries, sum(d.rows_in)::BIGINT AS rows_in, sum(d.rows_accepted)::BIGINT AS rows_accepted,
    sum(CASE WHEN list_contains($away, d.state) THEN 0 ELSE d.rows_quarantined END)::BIGINT AS rows_quarantined,
    sum(CASE WHEN list_contains($away, d.state) THEN d.rows_in ELSE d.rows_duplicate END)::BIGINT AS rows_duplicate
FROM raw_feeds.deliveries AS d JOIN {received} AS r USING (certifier, delivery)
WHERE d.certifier = $certifier
GROUP BY r.month ORDER BY r.month
