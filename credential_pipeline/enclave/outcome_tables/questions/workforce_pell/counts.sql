SELECT t.certifier, t.credential, t.cohort, t.programme AS setting, flow.quantity, flow.value, flow.value AS learners
FROM (
    SELECT *, unnest([
        {'quantity': 'pell_listed', 'value': listed},
        {'quantity': 'pell_began', 'value': began},
        {'quantity': 'pell_completed', 'value': completed},
        {'quantity': 'pell_not_completed', 'value': began - completed},
        {'quantity': 'pell_followed', 'value': followed},
        {'quantity': 'pell_placed', 'value': placed},
        {'quantity': 'pell_not_placed', 'value': followed - placed},
        {'quantity': 'pell_with_earnings', 'value': len(v)}
    ]) AS flow
    FROM {tallies}
) AS t
