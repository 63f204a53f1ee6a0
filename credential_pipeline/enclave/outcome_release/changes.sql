-- How many figures of each table changed since the last release, by what readers saw of them then and would see now.
WITH before AS (
    SELECT cell_id, "table", status, value, n FROM read_csv($path, header = true, all_varchar = true)
), now AS (
    SELECT cell_id, "table", status, value, n FROM outcome_release.published_outcomes
), seen AS (
    SELECT
        coalesce(n."table", b."table") AS tab,
        coalesce(b.status = '1', false) AS was, coalesce(n.status = 1, false) AS is_now,
        CAST(b.value AS DOUBLE) IS DISTINCT FROM n.value OR CAST(b.n AS BIGINT) IS DISTINCT FROM n.n AS other
    FROM before AS b FULL JOIN now AS n USING (cell_id)
)
SELECT
    tab, count(*) FILTER (was AND is_now), count(*) FILTER (was AND is_now AND other),
    count(*) FILTER (was AND NOT is_now), count(*) FILTER (is_now AND NOT was)
FROM seen GROUP BY tab ORDER BY tab
