-- Completers of every programme and award year (which begins in July): those with a key, and awards of learners without one.
WITH unkeyed AS (
    SELECT g.programme, u.event_date
    FROM {unkeyed} AS u
    JOIN {programmes} AS g
        ON g.certifier = u.certifier AND list_contains(g.codes, u.credential_code)
        AND g.opeid = rpad(replace(u.provider_opeid, '-', ''), 8, '0')
    WHERE u.event = 'award' AND u.result IS DISTINCT FROM 'fail' AND u.event_date IS NOT NULL
), all_completers AS (
    SELECT programme, completed_in FROM {careers} WHERE completed_in IS NOT NULL
    UNION ALL
    SELECT programme, CAST(year(event_date) - CAST(month(event_date) < 7 AS INTEGER) AS INTEGER) FROM unkeyed
)
SELECT programme, completed_in, count(*) AS completers FROM all_completers GROUP BY ALL ORDER BY ALL
