-- A sitting is an attempt, or an award that carries a result. On one day a failed sitting comes before a passed one. A
-- certifier whose feed has no column for failures, or holds not a single one, does not report attempts.
WITH sittings AS (
    SELECT p.pid, c.certifier, c.credential_code AS credential, c.event_date, coalesce(c.result = 'pass', false) AS passed
    FROM {credentials} AS c JOIN {people} AS p USING (person_key)
    WHERE list_contains(CAST($reporting AS VARCHAR[]), c.certifier) AND c.event_date IS NOT NULL
        AND (c.event = 'attempt' OR (c.event = 'award' AND c.result IS NOT NULL))
), reporting AS (
    SELECT certifier FROM sittings GROUP BY certifier HAVING NOT bool_and(passed)
)
SELECT
    pid, certifier, credential,
    arg_min(passed, (event_date, passed)) AS passed_first,
    count(*) AS sittings, count(*) FILTER (passed) AS passes
FROM sittings SEMI JOIN reporting USING (certifier)
GROUP BY pid, certifier, credential
HAVING year(min(event_date)) BETWEEN $first_year AND $last_year
