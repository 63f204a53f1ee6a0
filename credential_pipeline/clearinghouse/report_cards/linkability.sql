-- How many people's data say what linkage needs, and how many of them were linked, by what is missing.
WITH people AS (
    SELECT p.learner_id, any_value(p.status) AS status, bool_or(i.first_name IS NOT NULL AND i.last_name IS NOT NULL) AS named,
        bool_or(i.birth_date IS NOT NULL) AS born,
        bool_or(i.ssn_last4 IS NOT NULL OR i.street IS NOT NULL OR i.zip IS NOT NULL OR i.email IS NOT NULL) AS placed
    FROM linked_records.profile_links AS p JOIN cleaned_learners.profiles AS i USING (profile_id)
    WHERE i.certifier = $certifier GROUP BY p.learner_id
), kinds AS (
    SELECT status, CASE WHEN NOT named THEN 'no full name' WHEN born AND placed THEN 'name, birth date and more'
        WHEN born THEN 'name and birth date alone' WHEN placed THEN 'no birth date' ELSE 'name alone' END AS says
    FROM people
)
SELECT says, count(*) AS people, count(*) FILTER (status = 'linked') AS linked
FROM kinds WHERE status <> 'blocked'
GROUP BY ALL
UNION ALL SELECT 'everybody', count(*), count(*) FILTER (status = 'linked') FROM kinds WHERE status <> 'blocked'
ORDER BY ALL
