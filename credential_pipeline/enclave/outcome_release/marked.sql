SELECT o.* REPLACE (
    CAST(d.status AS INTEGER) AS status, d.value AS value, CAST(d.n AS BIGINT) AS n, d.low AS low, d.high AS high
)
FROM {outcomes} AS o JOIN {decided} AS d USING (cell_id)
