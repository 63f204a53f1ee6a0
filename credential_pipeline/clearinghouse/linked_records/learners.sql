WITH held AS (
    SELECT t.person, string_agg(DISTINCT c.certifier, ',' ORDER BY c.certifier) AS certifiers,
           count(*) FILTER (c.event = 'award') AS credentials,
           min(c.event_date) FILTER (c.event = 'award') AS first_award_date
    FROM {credentials} c JOIN {profile_persons} t USING (profile_id)
    GROUP BY t.person)
SELECT p.learner_id, h.certifiers, coalesce(h.credentials, 0) AS credentials, h.first_award_date,
       p.student_id, p.status, p.blocked
FROM {people} p LEFT JOIN held h USING (person)
ORDER BY p.learner_id
