-- The persons without a credential who stand in a holder's cell, once for every such cell and award year.
WITH asked AS (
    SELECT cell, row_number() OVER (ORDER BY cell) - 1 AS number FROM (SELECT DISTINCT cell FROM {matched})
), others AS (
    SELECT * EXCLUDE (cell_1, cell_2, cell_3, cell_4, cell_5), unnest([cell_1, cell_2, cell_3, cell_4, cell_5]) AS cell
    FROM {moments} WHERE uid IS NULL
)
SELECT o.* REPLACE (a.number AS cell) FROM others AS o JOIN asked AS a USING (cell)
