-- One row per person and horizon: wages at the nation's prices (level), the guideline of the base year, and whether the
-- line was met by then in a year after the award. Who lives where there is no parity (a territory, or unknown), or under
-- another guideline (Alaska, Hawaii), has no level and is not followed, nor is anybody where the base year has no guideline.
WITH lines AS (
    SELECT one_person, each_additional FROM {guidelines} WHERE year = $base_year
), priced AS (
    SELECT f.*, l.one_person, l.each_additional, l.one_person IS NOT NULL AND r.parity IS NOT NULL AS priced,
           CASE WHEN priced THEN f.real / (r.parity / 100) END AS level
    FROM {persons} AS f
    JOIN {people} AS p USING (pid)
    LEFT JOIN {parities} AS r ON r.state = p.state AND NOT list_contains(CAST($other_guidelines AS VARCHAR[]), p.state)
    LEFT JOIN lines AS l ON true
)
SELECT
    *,
    horizon >= 1 AND priced AND bool_and(presence NOT IN ('year_not_covered', 'revoked')) OVER so_far AS followed,
    coalesce(bool_or(level > CAST($percent AS DOUBLE) / 100 * (one_person + ($household - 1) * each_additional)) OVER so_far, false)
        AS reached
FROM priced
WINDOW so_far AS (PARTITION BY pid, horizon >= 1 ORDER BY horizon)
