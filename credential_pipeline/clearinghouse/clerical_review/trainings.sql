-- Providers of the awards of either side's records, and the institutions of a student's enrollments, with their days.
WITH spells AS (
    SELECT e.pair_id, e.side, c.training_provider AS place, rpad(replace(c.provider_opeid, '-', ''), 8, '0') AS opeid, 'award' AS kind,
           c.event_date AS first_day, c.event_date AS last_day
    FROM {ends} e JOIN cleaned_learners.credentials c ON c.profile_id = e.own_id
    WHERE c.event = 'award' AND (e.hop = 'learner' OR e.side = 'left')
    UNION ALL
    SELECT e.pair_id, e.side, n.institution, n.opeid, 'enrolled', n.begin_date, coalesce(n.end_date, n.begin_date)
    FROM {ends} e JOIN education_registry.enrollments n ON n.student_id = e.own_id
    WHERE e.hop = 'student' AND e.side = 'right'),
places AS (
    SELECT pair_id, side, place, opeid, kind, min(first_day) AS first_day, max(last_day) AS last_day
    FROM spells GROUP BY ALL)
SELECT pair_id, side, place, opeid, kind, first_day, last_day
FROM (SELECT p.*, EXISTS (FROM places o WHERE o.pair_id = p.pair_id AND o.side <> p.side
                                          AND (o.opeid = p.opeid OR o.place = p.place)) AS of_both
      FROM places p)
-- An institution that both sides name comes first.
ORDER BY pair_id, side, NOT of_both, first_day, place, opeid, kind
