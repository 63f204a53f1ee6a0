WITH
profiles AS (
    SELECT l.learner_id, p.*,
           (first_name IS NOT NULL)::INTEGER + (middle_name IS NOT NULL)::INTEGER + (last_name IS NOT NULL)::INTEGER + (name_suffix IS NOT NULL)::INTEGER + (previous_last_name IS NOT NULL)::INTEGER + (birth_date IS NOT NULL)::INTEGER + (sex IS NOT NULL)::INTEGER
           + (street IS NOT NULL)::INTEGER + (city IS NOT NULL)::INTEGER + (state IS NOT NULL)::INTEGER + (zip IS NOT NULL)::INTEGER AS filled,
           (street IS NOT NULL)::INTEGER + (city IS NOT NULL)::INTEGER + (state IS NOT NULL)::INTEGER + (zip IS NOT NULL)::INTEGER AS filled_address
    FROM (SELECT DISTINCT learner_id, profile_id FROM linked_records.profile_links) l
    JOIN {rows} USING (learner_id)
    JOIN cleaned_learners.profiles p USING (profile_id)
),
ranked AS (
    SELECT *,
           row_number() OVER (PARTITION BY learner_id ORDER BY filled DESC, records DESC, profile_id) AS place,
           row_number() OVER (
               PARTITION BY learner_id ORDER BY filled_address DESC, filled DESC, records DESC, profile_id
           ) AS address_place
    FROM profiles
),
certifier AS (
    -- arg_min skips missing values, so each field comes from the best profile that has it.
    SELECT learner_id,
           arg_min(first_name, place) AS first_name,
           arg_min(middle_name, place) AS middle_name,
           arg_min(last_name, place) AS last_name,
           arg_min(name_suffix, place) AS name_suffix,
           arg_min(previous_last_name, place) AS previous_last_name,
           arg_min(birth_date, place) AS birth_date,
           arg_min(sex, place) AS sex,
           first(street ORDER BY address_place) AS street,
           first(city ORDER BY address_place) AS city,
           first(state ORDER BY address_place) AS state,
           first(zip ORDER BY address_place) AS zip
    FROM ranked
    GROUP BY learner_id
),
chosen AS (
    SELECT r.learner_id, r.row_id,
           coalesce(s.first_name, c.first_name) AS first_name,
           coalesce(s.middle_name, c.middle_name) AS middle_name,
           coalesce(s.last_name, c.last_name) AS last_name,
           coalesce(s.name_suffix, c.name_suffix) AS name_suffix,
           coalesce(s.previous_last_name, c.previous_last_name) AS previous_last_name,
           coalesce(s.birth_date, c.birth_date) AS birth_date,
           coalesce(s.sex, c.sex) AS sex,
           s.street IS NOT NULL OR s.zip IS NOT NULL AS registry_address,
           CASE WHEN registry_address THEN s.street ELSE c.street END AS street,
           CASE WHEN registry_address THEN s.city ELSE c.city END AS city,
           CASE WHEN registry_address THEN s.state ELSE c.state END AS state,
           CASE WHEN registry_address THEN s.zip ELSE c.zip END AS zip,
           t.link_probability
    FROM {rows} r
    LEFT JOIN certifier c USING (learner_id)
    LEFT JOIN {students} t USING (learner_id)
    LEFT JOIN education_registry.persons s ON s.student_id = t.student_id
),
other_names AS (
    SELECT r.learner_id, arg_min(r.last_name, r.place) AS last_name
    FROM ranked r JOIN chosen USING (learner_id)
    WHERE r.last_name <> chosen.last_name
    GROUP BY r.learner_id
)
SELECT c.* REPLACE (coalesce(nullif(c.previous_last_name, c.last_name), o.last_name) AS previous_last_name)
FROM chosen c LEFT JOIN other_names o USING (learner_id)
