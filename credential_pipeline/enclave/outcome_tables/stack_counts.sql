WITH wide AS (
    SELECT coalesce(certifier, 'all') AS certifier, [
        {'quantity': 'stack_1', 'value': count(*) FILTER (credentials = 1)},
        {'quantity': 'stack_2', 'value': count(*) FILTER (credentials = 2)},
        {'quantity': 'stack_3', 'value': count(*) FILTER (credentials = 3)},
        {'quantity': 'stack_4_plus', 'value': count(*) FILTER (credentials >= 4)},
        {'quantity': 'stack_credentials', 'value': CAST(sum(credentials) AS BIGINT)}
    ] AS flows, count(*) AS everybody
    FROM {stacks} GROUP BY GROUPING SETS ((), (certifier))
)
SELECT
    certifier, flow.quantity, flow.value,
    CASE flow.quantity WHEN 'stack_credentials' THEN everybody ELSE flow.value END AS learners
FROM (SELECT *, unnest(flows) AS flow FROM wide)
