-- The verdicts of programmes with hidden figures, as they may stand: measure, cell_id, judged (what can still be told).
-- A verdict that something else bears out, which is shown, stays.
WITH hidden AS (
    SELECT DISTINCT certifier, credential, cohort, setting, measure FROM {published}
    WHERE status = 5 AND measure IN ('completion_rate', 'placement_rate', 'value_added_earnings')
), borne_out AS (
    SELECT DISTINCT r.certifier, r.credential, r.cohort, r.setting, r.definition FROM {published} AS r
    LEFT JOIN {rests_on} AS o USING (definition)
    LEFT JOIN hidden AS h ON (h.certifier, h.credential, h.cohort, h.setting, h.measure)
                           = (r.certifier, r.credential, r.cohort, r.setting, o.measure)
    WHERE r.measure = 'pell_reason' AND h.measure IS NULL AND (o.measure IS NOT NULL OR r.definition LIKE '%_out_of_range')
)
SELECT v.cell_id, v.measure, v.definition AS said,
       CASE WHEN v.measure = 'pell_verdict' THEN '' ELSE 'transition_' END || 'cannot_be_evaluated' AS judged
FROM {published} AS v
WHERE v.measure IN ('pell_verdict', 'pell_verdict_transition') AND v.definition NOT LIKE '%cannot_be_evaluated'
      AND EXISTS (
          FROM hidden AS h WHERE (h.certifier, h.credential, h.cohort, h.setting) = (v.certifier, v.credential, v.cohort, v.setting)
          AND (v.measure = 'pell_verdict' OR h.measure <> 'value_added_earnings'))
      AND NOT EXISTS (
          FROM borne_out AS b WHERE (b.certifier, b.credential, b.cohort, b.setting) = (v.certifier, v.credential, v.cohort, v.setting)
          AND (v.measure = 'pell_verdict' OR b.definition <> 'pell_tuition_too_high'))
