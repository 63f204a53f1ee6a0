WITH silent AS (
    SELECT DISTINCT dimension, within, label FROM {rungs}
    WHERE silent AND dimension IN ('certifier', 'credential', 'cohort', 'age_band', 'sex', 'race', 'ethnicity', 'state')
)
SELECT
    'coverage' AS "table", 'without_cell_share' AS measure, 'without_cell_' || s.dimension AS definition,
    'share' AS unit, t.certifier, p.value / t.value AS value, t.value AS n,
    t.count_id AS n_count_id, p.count_id AS numerator_count_id
FROM silent AS s
JOIN {counts} AS p
    ON p.quantity = 'cohort' AND p.horizon IS NULL AND p.dimension = s.dimension
    AND CASE s.dimension
        WHEN 'certifier' THEN p.certifier = s.label
        WHEN 'credential' THEN p.certifier = s.within AND p.credential = s.label
        WHEN 'cohort' THEN p.cohort = s.label
        WHEN 'age_band' THEN p.age_band = s.label
        WHEN 'sex' THEN p.sex = s.label
        WHEN 'ethnicity' THEN p.ethnicity = s.label
        WHEN 'state' THEN p.state = s.label
        ELSE p.race = s.label
    END
JOIN {counts} AS t
    ON t.quantity = 'cohort' AND t.horizon IS NULL
    AND t.dimension = CASE s.dimension WHEN 'credential' THEN 'certifier' ELSE 'all' END
    AND (s.dimension <> 'credential' OR t.certifier = p.certifier)
