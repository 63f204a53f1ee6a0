-- Completers of every programme and award year (which begins in July): those with a key, and learners without one. These cannot
-- be told apart, so that of a programme's credentials the one with most of their awards counts: no more people than there are.
WITH unkeyed AS (
    SELECT g.programme, u.certifier, u.credential_code, u.event_date
    FROM {unkeyed} AS u
    JOIN {programmes} AS g
        ON g.certifier = u.certifier AND list_contains(g.codes, u.credential_code)
        AND g.opeid = rpad(replace(u.provider_opeid, '-', ''), 8, '0')
    WHERE u.event = 'award' AND u.result IS DISTINCT FROM 'fail' AND u.event_date IS NOT NULL
), by_credential AS (
    SELECT programme, CAST(year(event_date) - CAST(month(event_date) < 7 AS INTEGER) AS INTEGER) AS completed_in,
           count(*) AS completers
    FROM unkeyed GROUP BY programme, completed_in, certifier, credential_code
), all_completers AS (
    SELECT programme, completed_in, count(*) AS completers FROM {careers} WHERE completed_in IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT programme, completed_in, max(completers) FROM by_credential GROUP BY ALL
)
SELECT programme, completed_in, CAST(sum(completers) AS BIGINT) AS completers FROM all_completers GROUP BY ALL ORDER BY ALL
