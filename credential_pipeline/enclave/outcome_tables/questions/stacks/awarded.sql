-- Every award of the people with one in the years of the cohort, in order, with the person's bands at the first of them. The state is
-- that whose wages have to be covered; nobody is told of by it.
WITH ranked AS (
    SELECT a.pid, a.certifier, a.credential, a.award_date, a.age, a.revoked_year,
           CAST(year(a.award_date) AS INTEGER) AS award_year,
           CAST(row_number() OVER ordered AS INTEGER) AS nth, CAST(count(*) OVER whole AS INTEGER) AS awards,
           CAST(year(min(a.award_date) OVER whole) AS INTEGER) AS first_year, first(a.age) OVER ordered AS first_age
    FROM {awards} AS a
    WINDOW whole AS (PARTITION BY pid), ordered AS (PARTITION BY pid ORDER BY award_date, certifier, credential)
)
SELECT
    CAST(row_number() OVER (ORDER BY r.pid, r.certifier, r.credential) AS INTEGER) AS uid, r.pid, r.nth = 1 AS lead,
    r.certifier, r.credential, r.nth, r.awards, r.award_date, r.award_year, r.first_year,
    r.award_year BETWEEN $first_year AND $last_year AS counted,
    'all' AS cohort,
    coalesce(range_of(r.first_age, $age_bands), 'unknown') AS age_band,
    'all' AS sex, 'all' AS race, 'all' AS ethnicity, p.state, p.death_year, r.revoked_year
FROM ranked AS r JOIN {people} AS p USING (pid)
