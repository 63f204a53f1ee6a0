-- What each employer paid a compared person in a year, in whole cents so that no order of rows matters, and the place of the
-- year among those of all persons. ``main`` is largest for the employer that paid most, of equal ones for the smallest id, and
-- tells its number again: firms count to 2 ** 24.
SELECT CAST(p.person AS BIGINT) * ($last_year - $first_year + 1) + w.year - $first_year AS place, round(w.wages * 100) AS cents,
       CAST(least(cents, 549755813887) AS BIGINT) * 16777216 - coalesce(f.firm, 0) AS main
FROM {wages} AS w
JOIN {persons} AS p USING (person_key)
LEFT JOIN {firms} AS f USING (employer_id)
WHERE w.wages IS NOT NULL AND w.year BETWEEN $first_year AND $last_year
