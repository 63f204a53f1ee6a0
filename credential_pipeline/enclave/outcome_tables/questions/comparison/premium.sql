-- Holders at work in the industry against holders at work elsewhere in the same year, who stand in the same wide cell. Every
-- holder inside weighs one, and those outside as many together. Amounts are half cents, whose sums are exact; cells are
-- added up in their order, so that no order of rows matters. With less than two outside, nothing is known of their spread.
WITH working AS (
    SELECT f.horizon, f.race, m.cell_5 AS cell, f.in_industry,
           2 * CAST(round(f.real * 100) AS HUGEINT) - m.cents_3 - m.cents_2 AS change
    FROM {follow_ups} AS f JOIN {moments} AS m ON m.uid = f.uid
    WHERE f.lead AND f.seen AND f.horizon >= 1
), cells AS (
    SELECT horizon, race, cell,
           count(*) FILTER (in_industry) AS n, count(*) FILTER (NOT in_industry) AS others,
           CAST(sum(change) FILTER (in_industry) AS DOUBLE) / 200 AS total,
           CAST(sum(change * change) FILTER (in_industry) AS DOUBLE) / 40000 AS squares,
           CAST(sum(change) FILTER (NOT in_industry) AS DOUBLE) / 200 / others AS other_mean,
           CAST(sum(change * change) FILTER (NOT in_industry) AS DOUBLE) / 40000 AS other_squares
    FROM working GROUP BY horizon, race, cell
), gaps AS (
    SELECT *, total - n * other_mean AS gap,
           squares - 2 * other_mean * total + n * other_mean * other_mean
               + n * n * greatest(other_squares - others * other_mean * other_mean, 0.0) / (others - 1) / others AS spread
    FROM cells WHERE n >= 1 AND others >= 2
), premiums AS (
    SELECT horizon, coalesce(g.race, 'all') AS race, CAST(sum(n) AS BIGINT) AS n,
           sum(gap ORDER BY g.race, cell) / sum(n) AS value,
           sqrt(greatest(sum(spread ORDER BY g.race, cell) - sum(n) * value * value, 0.0)) / sum(n) AS error
    FROM gaps AS g GROUP BY GROUPING SETS ((horizon), (horizon, g.race)) HAVING coalesce(g.race, '') <> 'all'
)
SELECT 'premium_compared' AS quantity, horizon, race, n, round(value, 4) AS value,
       round(value - CAST($reach AS DOUBLE) * error, 4) AS low, round(value + CAST($reach AS DOUBLE) * error, 4) AS high
FROM premiums
