-- One row of the input is a pair of person and credential; a person is counted once however many credentials were tried.
-- Certifiers and credentials for which the breakdown was given up are 'all'.
WITH wide AS (
    SELECT certifier, coalesce(credential, 'all') AS credential, [
        {'quantity': 'tried', 'value': count(*), 'learners': count(DISTINCT pid)},
        {'quantity': 'passed_first', 'value': count(*) FILTER (passed_first),
         'learners': count(DISTINCT pid) FILTER (passed_first)},
        {'quantity': 'passed_later', 'value': count(*) FILTER (passed AND NOT passed_first),
         'learners': count(DISTINCT pid) FILTER (passed AND NOT passed_first)},
        {'quantity': 'passed_eventually', 'value': count(*) FILTER (passed),
         'learners': count(DISTINCT pid) FILTER (passed)},
        {'quantity': 'never_passed', 'value': count(*) FILTER (NOT passed),
         'learners': count(DISTINCT pid) FILTER (NOT passed)},
        {'quantity': 'sittings', 'value': CAST(sum(sittings) AS BIGINT), 'learners': count(DISTINCT pid)},
        {'quantity': 'sittings_passed', 'value': CAST(sum(passes) AS BIGINT),
         'learners': count(DISTINCT pid) FILTER (passes > 0)},
        {'quantity': 'sittings_not_passed', 'value': CAST(sum(sittings - passes) AS BIGINT),
         'learners': count(DISTINCT pid) FILTER (sittings > passes)}
    ] AS flows
    FROM {tries}
    WHERE certifier <> 'all'
    GROUP BY GROUPING SETS ((certifier), (certifier, credential))
    HAVING coalesce(credential, '') <> 'all'
)
SELECT certifier, credential, flow.quantity, flow.value, flow.learners
FROM (SELECT *, unnest(flows) AS flow FROM wide)
