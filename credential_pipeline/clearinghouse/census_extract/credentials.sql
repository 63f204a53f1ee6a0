-- Rows that agree in every key column are one event, reported twice.
SELECT r.row_id, c.certifier, c.credential_code, c.event, c.result, c.event_date,
       min(c.training_setting) AS training_setting, min(c.provider_opeid) AS provider_opeid
FROM cleaned_learners.credentials c
LEFT JOIN linked_records.links l USING (certifier, record_id)
LEFT JOIN linked_records.profile_links p ON p.profile_id = c.profile_id
JOIN {rows} r ON r.learner_id = coalesce(l.learner_id, p.learner_id)
GROUP BY ALL
