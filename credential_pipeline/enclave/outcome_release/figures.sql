-- Figures with the counts behind them. A total that is the same at every horizon is one total (its name then has no
-- horizon), since everybody knows that it is; what its shares tell is put together.
WITH named AS (
    SELECT
        count_id, value,
        CASE
            WHEN min(value) OVER same = max(value) OVER same
            THEN concat_ws('|', quantity, certifier, credential, cohort, age_band, sex, race, ethnicity, state, sector, setting)
            ELSE count_id
        END AS total
    FROM {counts}
    WINDOW same AS (PARTITION BY quantity, certifier, credential, cohort, age_band, sex, race, ethnicity, state, sector, setting)
)
SELECT
    o.cell_id, o.measure, o.unit, o.status, o.value, o.publishable, o.n, o.low, o.high,
    o.n_count_id AS n_id, o.numerator_count_id AS part_id, n.total, part.value AS part,
    o.employers, o.largest_employer
FROM {outcomes} AS o
LEFT JOIN named AS n ON n.count_id = o.n_count_id
LEFT JOIN named AS part ON part.count_id = o.numerator_count_id
ORDER BY o.cell_id
