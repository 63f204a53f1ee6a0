-- Holders at their attributed award, and persons without any event of this industry's certifiers, neither award nor attempt.
-- Only persons who have wages in some year: whoever has none at all may be no person of the wage files' states. Both sides
-- are described by the reference population, so that a difference is never one of sources. ``origin`` numbers
-- race and ethnicity together. Holders without a key stand among the others: where they could be too many
-- of them, nobody is compared with anybody.
WITH earners AS (
    SELECT DISTINCT person_key FROM {wages} WHERE wages > 0
), known AS (
    SELECT person_key, min(year(birth_date)) AS birth_year, max(year(death_date)) AS death_year,
           coalesce(min(nullif(trim(sex), '')), 'unknown') AS sex,
           coalesce(min(nullif(trim(race), '')), 'unknown') AS race,
           coalesce(min(nullif(trim(ethnicity), '')), 'unknown') AS ethnicity,
           min(nullif(trim(state), '')) AS state
    FROM {persons} SEMI JOIN earners USING (person_key)
    GROUP BY person_key
), holders AS (
    SELECT p.person_key, u.uid, u.award_year, u.revoked_year FROM {units} AS u JOIN {people} AS p USING (pid) WHERE u.lead
), events AS (
    SELECT person_key FROM {learners} UNION SELECT person_key FROM {credentials}
), others AS (
    SELECT person_key FROM known WHERE person_key NOT IN (SELECT person_key FROM events WHERE person_key IS NOT NULL)
), without_key AS (
    SELECT coalesce(sum(CASE reason WHEN 'reported' THEN learners WHEN 'keyed' THEN -learners END), 0) AS learners
    FROM {coverage}
)
SELECT CAST(row_number() OVER (ORDER BY person_key) - 1 AS INTEGER) AS person, person_key, h.uid, h.award_year, h.revoked_year,
       k.birth_year, k.death_year, k.state, k.sex = 'F' AS woman,
       dense_rank() OVER (ORDER BY k.sex) AS sex, dense_rank() OVER (ORDER BY k.race) AS race,
       dense_rank() OVER (ORDER BY k.race, k.ethnicity) AS origin
FROM known AS k LEFT JOIN holders AS h USING (person_key)
WHERE h.uid IS NOT NULL
   OR (person_key IN (FROM others) AND (SELECT count(*) FROM others) >= $one_in * (SELECT learners FROM without_key))
