-- What is public already, as it was printed: a cell of the release is a level, its table the dimension.
SELECT
    'outcomes' AS subject, "table" AS dimension, cell_id AS level, measure,
    CASE WHEN status = '1' THEN CAST(nullif(value, '') AS DOUBLE) END AS value, unit,
    CASE WHEN status = '1' THEN CAST(nullif(n, '') AS BIGINT) END AS n, CAST(status AS INTEGER) AS status
FROM {cells}
