-- What has become of rows that a card listed as open: their place in the list, and a word of CHANGES.
WITH sent AS (
    SELECT d.delivery, d.state, r.seen, d.certifier || '-' || left(d.sha256, 12) AS delivery_id
    FROM raw_feeds.deliveries AS d JOIN {received} AS r USING (certifier, delivery) WHERE d.certifier = $certifier AND d.state <> 'replayed'
)
SELECT l.place, CASE WHEN s.state = 'accepted' AND q.line IS NULL THEN 'accepted'
    WHEN l.reason NOT IN ('RECORD_ID_REUSED', 'RECORD_ID_CONFLICT')
        AND (m.seen > s.seen OR m.seen = s.seen AND s.state = 'accepted') THEN 'mended'
    WHEN s.state IS NULL OR list_contains($away, s.state) THEN 'replaced' ELSE 'open' END AS now
FROM {listed} AS l LEFT JOIN sent AS s USING (delivery_id)
    LEFT JOIN raw_feeds.quarantine AS q ON q.certifier = $certifier AND q.delivery = s.delivery AND q.line = l.line
    LEFT JOIN raw_feeds.records AS k
        ON k.certifier = $certifier AND k.record_id = coalesce(q.record_id, nullif(l.record_id, ''))
    LEFT JOIN {received} AS m ON m.certifier = $certifier AND m.delivery = k.delivery
ORDER BY l.place
