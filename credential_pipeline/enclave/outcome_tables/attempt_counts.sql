-- One row of the input is a pair of person and credential; a person is counted once however many credentials were tried: pairs
-- are folded by person first, which is cheaper than counting distinct persons. Certifiers and credentials for which the
-- breakdown was given up are 'all'.
WITH persons AS (
    SELECT
        certifier, coalesce(credential, 'all') AS credential,
        count(*) AS tried,
        count(*) FILTER (passed_first) AS passed_first,
        count(*) FILTER (passed AND NOT passed_first) AS passed_later,
        count(*) FILTER (passed) AS passed_eventually,
        count(*) FILTER (NOT passed) AS never_passed,
        sum(sittings) AS sittings,
        sum(passes) AS sittings_passed,
        sum(sittings - passes) AS sittings_not_passed
    FROM {tries}
    WHERE certifier <> 'all'
    GROUP BY pid, GROUPING SETS ((certifier), (certifier, credential))
    HAVING coalesce(credential, '') <> 'all'
), wide AS (
    SELECT certifier, credential, [
        {'quantity': 'tried', 'value': CAST(sum(tried) AS BIGINT), 'learners': count(*) FILTER (tried > 0)},
        {'quantity': 'passed_first', 'value': CAST(sum(passed_first) AS BIGINT), 'learners': count(*) FILTER (passed_first > 0)},
        {'quantity': 'passed_later', 'value': CAST(sum(passed_later) AS BIGINT), 'learners': count(*) FILTER (passed_later > 0)},
        {'quantity': 'passed_eventually', 'value': CAST(sum(passed_eventually) AS BIGINT), 'learners': count(*) FILTER (passed_eventually > 0)},
        {'quantity': 'never_passed', 'value': CAST(sum(never_passed) AS BIGINT), 'learners': count(*) FILTER (never_passed > 0)},
        {'quantity': 'sittings', 'value': CAST(sum(sittings) AS BIGINT), 'learners': count(*) FILTER (sittings > 0)},
        {'quantity': 'sittings_passed', 'value': CAST(sum(sittings_passed) AS BIGINT), 'learners': count(*) FILTER (sittings_passed > 0)},
        {'quantity': 'sittings_not_passed', 'value': CAST(sum(sittings_not_passed) AS BIGINT), 'learners': count(*) FILTER (sittings_not_passed > 0)}
    ] AS flows
    FROM persons GROUP BY certifier, credential
)
SELECT certifier, credential, flow.quantity, flow.value, flow.learners
FROM (SELECT *, unnest(flows) AS flow FROM wide)
