-- One row per programme and person who was awarded one of its credentials at its provider and may be told of: the first such
-- award, and the names under which the certifier reported it.
WITH awards AS (
    SELECT
        g.programme, g.opeid, g.cip, l.learner_id, c.credential_code, c.credential_title, c.event_date, c.record_id, c.profile_id
    FROM cleaned_learners.credentials AS c
    JOIN {programmes} AS g
        ON g.certifier = c.certifier AND list_contains(g.codes, c.credential_code)
        AND g.opeid = rpad(replace(c.provider_opeid, '-', ''), 8, '0')
    JOIN linked_records.links AS l ON l.certifier = c.certifier AND l.record_id = c.record_id
    WHERE c.event = 'award' AND c.result IS DISTINCT FROM 'fail' AND c.event_date IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY g.programme, l.learner_id ORDER BY c.event_date, c.credential_code, c.record_id
    ) = 1
)
SELECT
    $partner AS partner, a.programme, p.student_id, a.learner_id, a.opeid, a.cip,
    coalesce(nullif(a.credential_title, ''), a.credential_code) AS credential, f.first_name, f.last_name,
    strftime(f.birth_date, '%Y-%m-%d') AS date_of_birth, strftime(a.event_date, '%Y-%m-%d') AS completion_date
FROM awards AS a
JOIN {told_of} AS p USING (learner_id)
LEFT JOIN cleaned_learners.profiles AS f USING (profile_id)
