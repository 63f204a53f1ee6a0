-- The rung on which each holder is compared: the first whose cell holds enough others.
WITH asked AS (
    SELECT uid, person, rung, cell, least_others FROM (
        SELECT uid, person, unnest([1, 2, 3, 4, 5]) AS rung, unnest([cell_1, cell_2, cell_3, cell_4, cell_5]) AS cell
        FROM {moments} WHERE uid IS NOT NULL
    ) JOIN (SELECT unnest(CAST($rungs AS STRUCT(rung INTEGER, least_others INTEGER)[]), recursive := true)) USING (rung)
), others AS (
    SELECT cell, count(*) AS others FROM (
        SELECT unnest([cell_1, cell_2, cell_3, cell_4, cell_5]) AS cell FROM {moments} WHERE uid IS NULL
    ) SEMI JOIN asked USING (cell)
    GROUP BY cell
)
SELECT a.uid, a.person, min(a.rung) AS rung, arg_min(a.cell, a.rung) AS cell
FROM asked AS a JOIN others AS o ON o.cell = a.cell AND o.others >= a.least_others
GROUP BY a.uid, a.person
