-- The figures of every tallied programme, with the bands of a simple random sample. What cannot be told has no value and names
-- no count.
WITH priced AS (
    SELECT *, id_tail(who_of(certifier, credential, cohort, 'all', 'all', 'all', 'all', 'all'), 'all', programme, NULL) AS tail,
        list_contains(CAST($countable AS VARCHAR[]), programme) AS countable, len(v) AS earners,
        parity IS NOT NULL AND poverty IS NOT NULL AND len(v) > 0 AS has_price
    FROM {tallies}
)
SELECT
    'workforce_pell' AS "table", 'completion_rate' AS measure, 'share' AS unit, certifier, credential, cohort, programme AS setting,
    CASE WHEN countable THEN began END AS n,
    CASE WHEN countable THEN completed / nullif(began, 0) END AS value, CAST(NULL AS DOUBLE) AS publishable,
    share_low(completed, nullif(began, 0)) AS low, share_high(completed, nullif(began, 0)) AS high,
    CASE WHEN countable THEN 'pell_began' || tail END AS n_count_id,
    CASE WHEN countable THEN 'pell_completed' || tail END AS numerator_count_id, NULL AS employers, NULL AS largest_employer
FROM priced
UNION ALL
SELECT
    'workforce_pell', 'placement_rate', 'share', certifier, credential, cohort, programme, followed, placed / nullif(followed, 0), NULL,
    share_low(placed, nullif(followed, 0)), share_high(placed, nullif(followed, 0)), 'pell_followed' || tail, 'pell_placed' || tail, NULL, NULL
FROM priced
UNION ALL
SELECT
    'workforce_pell', 'value_added_earnings', 'usd', certifier, credential, cohort, programme, earners,
    CASE WHEN has_price THEN percentile(v, 0.5) / parity - poverty END,
    CASE WHEN has_price THEN smoothed(v, 0.5) / parity - poverty END,
    CASE WHEN has_price THEN percentile_low(v, 0.5) / parity - poverty END,
    CASE WHEN has_price THEN percentile_high(v, 0.5) / parity - poverty END,
    'pell_with_earnings' || tail, NULL, employers, largest_employer
FROM priced
