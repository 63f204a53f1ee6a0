-- One row per person and horizon, with where the person worked in the year before the award (started) and in the first
-- year after it (entered).
WITH ends AS (
    SELECT
        pid,
        coalesce(bool_or(in_industry) FILTER (horizon = -1), false) AS started,
        coalesce(bool_or(presence <> 'year_not_covered') FILTER (horizon = -1), false) AS covered_before,
        coalesce(bool_or(seen) FILTER (horizon = -1), false) AS seen_before,
        any_value(sector) FILTER (horizon = -1) AS sector_before,
        coalesce(bool_or(in_industry) FILTER (horizon = 1), false) AS entered
    FROM {persons} GROUP BY pid
)
SELECT
    p.*, e.started, e.covered_before, e.seen_before, e.sector_before, e.entered, p.presence NOT IN ('year_not_covered', 'revoked') AS covered,
    coalesce(starts_with(m.naics, '5613'), false) AS at_agency,
    CASE WHEN p.seen AND e.seen_before
         THEN CASE WHEN e.started THEN 'in_' ELSE 'out_' END || CASE WHEN p.in_industry THEN 'in' ELSE 'out' END
    END AS path
FROM {persons} AS p JOIN ends AS e USING (pid)
LEFT JOIN {main_employers} AS m USING (employer_id)
