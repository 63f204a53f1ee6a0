-- One row a key: what the reference population holds most often, ties going to the alphabet; the state is that of the
-- extract's row that is most probably the person.
WITH held AS (
    SELECT k.person_key, max_by(l.state, (k.match_probability, k.row_id)) AS state
    FROM {person_links} AS k JOIN {extract} AS l USING (row_id)
    WHERE k.person_key IS NOT NULL
    GROUP BY k.person_key
), known AS (
    SELECT person_key, year(birth_date) AS birth_year, sex, race, ethnicity, year(death_date) AS death_year
    FROM {persons} SEMI JOIN held USING (person_key)
), counted AS (
    SELECT
        *,
        count(birth_year) OVER (PARTITION BY person_key, birth_year) AS times_birth_year,
        count(sex) OVER (PARTITION BY person_key, sex) AS times_sex,
        count(race) OVER (PARTITION BY person_key, race) AS times_race,
        count(ethnicity) OVER (PARTITION BY person_key, ethnicity) AS times_ethnicity
    FROM known
), usual AS (
    SELECT
        person_key,
        max_by(birth_year, (times_birth_year, CAST(birth_year AS VARCHAR))) AS birth_year,
        max_by(sex, (times_sex, sex)) AS sex,
        max_by(race, (times_race, race)) AS race,
        max_by(ethnicity, (times_ethnicity, ethnicity)) AS ethnicity,
        min(death_year) AS death_year
    FROM counted
    GROUP BY person_key
)
SELECT
    h.person_key, CAST(u.birth_year AS INTEGER) AS birth_year, u.sex, u.race, u.ethnicity, h.state,
    CAST(u.death_year AS INTEGER) AS death_year
FROM held AS h JOIN usual AS u USING (person_key)
