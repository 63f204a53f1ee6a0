-- Dollars are rounded to the step and to three significant digits, all else to three decimals; after suppression.
WITH marked AS (
    SELECT
        o.*,
        n.count_id IS NOT NULL OR part.count_id IS NOT NULL OR rest.count_id IS NOT NULL
            OR w.cell_id IS NOT NULL AS is_hidden,
        o.status = 1 AND o.value IS NOT NULL AND o.n_count_id IS NOT NULL AS is_shown,
        o.unit = 'usd' AS is_money
    FROM {outcomes} AS o
    LEFT JOIN {withheld} AS w ON w.cell_id = o.cell_id
    LEFT JOIN {hidden} AS n ON n.count_id = o.n_count_id
    LEFT JOIN {hidden} AS part ON part.count_id = o.numerator_count_id
    LEFT JOIN {rests} AS r ON r.n_id = o.n_count_id AND r.part_id = o.numerator_count_id
    LEFT JOIN {hidden} AS rest ON rest.count_id = r.rest_id
), decided AS (
    SELECT
        * REPLACE (CAST(CASE WHEN is_hidden THEN 5 WHEN is_shown THEN 1 ELSE -1 END AS INTEGER) AS status),
        list_transform(
            [coalesce(publishable, value), low, high],
            lambda number: greatest(CAST($step AS INTEGER), pow(10, floor(log10(greatest(abs(number), 1))) - 2))
        ) AS units
    FROM marked
), rounded AS (
    SELECT * REPLACE (
        CASE WHEN is_money THEN round_even(coalesce(publishable, value) / units[1], 0) * units[1] ELSE round(value, 3) END AS value,
        CASE WHEN is_money THEN round_even(low / units[2], 0) * units[2] ELSE round(low, 3) END AS low,
        CASE WHEN is_money THEN round_even(high / units[3], 0) * units[3] ELSE round(high, 3) END AS high
    )
    FROM decided
)
SELECT * REPLACE (
    CASE WHEN status = 1 THEN value END AS value, CASE WHEN status = 1 THEN n END AS n,
    CASE WHEN status = 1 THEN low END AS low, CASE WHEN status = 1 THEN high END AS high
)
FROM rounded
