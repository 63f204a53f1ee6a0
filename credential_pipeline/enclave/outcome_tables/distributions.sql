-- Everybody and every one-way breakdown that is not given up; for the premium also those in the industry and outside, overall and by race.
WITH gathered AS (
    SELECT certifier, credential, age_band, sex, race, horizon, in_industry, list_sort(list(real)) AS earnings
    FROM {follow_ups}
    WHERE seen
    GROUP BY horizon, GROUPING SETS (
        (), (certifier), (certifier, credential), (age_band), (sex), (race), (in_industry), (in_industry, race)
    )
)
SELECT
    coalesce(certifier, 'all') AS certifier, coalesce(credential, 'all') AS credential,
    coalesce(age_band, 'all') AS age_band, coalesce(sex, 'all') AS sex, coalesce(race, 'all') AS race,
    horizon,
    CASE WHEN in_industry IS NULL THEN 'all' WHEN in_industry THEN 'in' ELSE 'out' END AS workplace,
    earnings
FROM gathered
WHERE NOT list_contains([certifier, credential, age_band, sex, race], 'all')
