-- Everybody and every one-way breakdown that is not given up; for the premium also those in the industry and outside, overall and by race.
WITH gathered AS (
    SELECT certifier, credential, cohort, age_band, sex, race, ethnicity, state, horizon, in_industry, list_sort(list(real)) AS earnings
    FROM {follow_ups}
    WHERE seen
    GROUP BY horizon, GROUPING SETS (
        (), (certifier), (certifier, credential), (cohort), (age_band), (sex), (race), (ethnicity), (state),
        (in_industry), (in_industry, race)
    )
)
SELECT
    who_of(coalesce(certifier, 'all'), coalesce(credential, 'all'), coalesce(cohort, 'all'), coalesce(age_band, 'all'),
           coalesce(sex, 'all'), coalesce(race, 'all'), coalesce(ethnicity, 'all'), coalesce(state, 'all')) AS who,
    horizon,
    CASE WHEN in_industry IS NULL THEN 'all' WHEN in_industry THEN 'in' ELSE 'out' END AS workplace,
    earnings
FROM gathered
WHERE NOT list_contains([certifier, credential, cohort, age_band, sex, race, ethnicity, state], 'all')
