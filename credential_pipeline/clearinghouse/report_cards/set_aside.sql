-- Every row of a month that was set aside, whether it has been accepted since under the same id, and where it stands.
SELECT q.reason_code, d.delivery, d.sha256, q.line,
    CASE WHEN NOT regexp_full_match(q.record_id, '[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}')
        AND regexp_full_match(q.record_id, '[A-Za-z0-9._/-]{0,39}[0-9][A-Za-z0-9._/-]{0,39}') THEN q.record_id END AS record_id,
    k.record_id IS NOT NULL AND q.reason_code NOT IN ('RECORD_ID_REUSED', 'RECORD_ID_CONFLICT') AND d.state = 'accepted' AS mended
FROM raw_feeds.quarantine AS q JOIN raw_feeds.deliveries AS d USING (certifier, delivery)
    JOIN {received} AS r USING (certifier, delivery)
    LEFT JOIN raw_feeds.records AS k ON k.certifier = q.certifier AND k.record_id = q.record_id
WHERE q.certifier = $certifier AND r.month = $month
ORDER BY q.reason_code, d.delivery, q.line
