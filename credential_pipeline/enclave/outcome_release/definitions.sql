-- The definitions of the tables, each with a sentence on how its figures are rounded; one that no figure has keeps its
-- text.
WITH units AS (
    SELECT measure, any_value(unit ORDER BY unit) AS unit FROM {outcomes} GROUP BY measure
)
SELECT d.* REPLACE (
    rtrim(d."text" || ' ' || coalesce(CAST($sentences AS MAP(VARCHAR, VARCHAR))[u.unit], '')) AS "text"
)
FROM {definitions} AS d LEFT JOIN units AS u USING (measure)
