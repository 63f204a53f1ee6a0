-- Every row of a month that was set aside, whether it has been accepted since under the same id, and where it stands.
-- A row that was accepted before it mends nothing: of a correction that was set aside the older row still stands.
SELECT q.reason_code, d.delivery, d.sha256, q.line,
    q.shown_id AS record_id,
    coalesce(q.reason_code NOT IN ('RECORD_ID_REUSED', 'RECORD_ID_CONFLICT')
        AND (m.seen > r.seen OR m.seen = r.seen AND d.state = 'accepted'), false) AS mended
FROM {quarantine} AS q JOIN raw_feeds.deliveries AS d USING (certifier, delivery)
    JOIN {received} AS r USING (certifier, delivery)
    LEFT JOIN raw_feeds.records AS k ON k.certifier = q.certifier AND k.record_id = q.record_id
    LEFT JOIN {received} AS m ON m.certifier = k.certifier AND m.delivery = k.delivery
WHERE q.certifier = $certifier AND r.month = $month AND NOT list_contains($away, d.state)
ORDER BY q.reason_code, d.delivery, q.line
