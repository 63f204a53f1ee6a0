-- A count below zero is noise; a part above its total is the total.
WITH counted AS (
    SELECT
        o.*, greatest(n.value, 0) AS people, least(greatest(part.value, 0), people) AS holders,
        n.count_id IS NOT NULL AND part.count_id IS NOT NULL AND people >= $floor AS is_shown
    FROM {outcomes} AS o
    LEFT JOIN {noisy} AS n ON n.count_id = o.n_count_id
    LEFT JOIN {noisy} AS part ON part.count_id = o.numerator_count_id AND o.unit = 'share'
)
SELECT * REPLACE (
    CAST(CASE WHEN is_shown THEN 1 WHEN n_count_id IS NULL THEN -1 ELSE 5 END AS INTEGER) AS status,
    CASE WHEN is_shown THEN people END AS n,
    CASE WHEN is_shown THEN round_even(holders / people, 2) END AS value,
    CAST(NULL AS DOUBLE) AS low, CAST(NULL AS DOUBLE) AS high
)
FROM counted
