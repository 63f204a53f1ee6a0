"""How passing goes on from sitting to sitting, of those of whom failures are told for long enough after the first one.

Nobody leaves the curve for what came of a sitting, so that it needs no estimate. Not here: the curve by months (passing.py),
and for which years a certifier tells (attempts.py).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.clusters import spread_of_persons
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_LAST = 4
_FOLLOWED, _LATE = "sitters_followed", "sitters_not_followed"
_FIRST_LATE = "passed_first_not_followed"


def _passed(nth: int) -> str:
    return f"passed_by_sitting_{nth}"


def _at_risk(nth: int) -> str:
    """Those whom no sitting before this one has taken out of the curve."""
    return _FOLLOWED if nth == 1 else f"not_passed_before_sitting_{nth}"


#: Quantity to the SQL condition on a pair that tried.
_FLOWS: Final = {
    _FOLLOWED: "followed",
    _LATE: "NOT followed",
    _FIRST_LATE: "NOT followed AND passed_first",
    **{_passed(nth): f"passed_at <= {nth}" for nth in range(1, _LAST + 1)},
    **{f"passed_at_sitting_{nth}": f"passed_at = {nth}" for nth in range(2, _LAST + 1)},
    **{_at_risk(nth): f"followed AND coalesce(passed_at >= {nth}, true)" for nth in range(2, _LAST + 2)},
}
_RULES: Final = (
    ("tried", (_FOLLOWED, _LATE)),
    ("passed_first", (_passed(1), _FIRST_LATE)),
    *((_FOLLOWED, (_passed(nth), _at_risk(nth + 1))) for nth in range(1, _LAST + 1)),
    *((_passed(nth), (_passed(nth - 1), f"passed_at_sitting_{nth}")) for nth in range(2, _LAST + 1)),
)


def passing_by_sitting(work: Scratch, tries: Relation, plan: Plan) -> Answer:
    """``passing_share`` and ``passing_at_risk`` at each sitting; without a value where too few are followed.

    Args:
        work: Where the rows live.
        tries: Pairs of person and credential that tried, with the labels under which they are tabulated.
        plan: The settings, for how many must be followed.
    """
    marked = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in _FLOWS.items())
    flows = ", ".join(
        f"{{'quantity': '{name}', 'value': CAST(sum({name}) AS BIGINT), 'learners': count(*) FILTER ({name} > 0)}}"
        for name in _FLOWS
    )
    # Pairs are folded by person first, which is cheaper than counting distinct persons. Certifiers and credentials for which the
    # breakdown was given up are 'all'.
    counts = COUNTS.rows(
        work,
        f"""
        WITH persons AS (
            SELECT certifier, coalesce(credential, 'all') AS credential, {marked} FROM {tries}
            WHERE certifier <> 'all' GROUP BY pid, GROUPING SETS ((certifier), (certifier, credential))
            HAVING coalesce(credential, '') <> 'all'
        ), wide AS (
            SELECT certifier, credential, [{flows}] AS flows FROM persons GROUP BY certifier, credential
        )
        SELECT certifier, credential, flow.quantity, flow.value, flow.learners FROM (SELECT *, unnest(flows) AS flow FROM wide)
        """,
    )
    sittings = ", ".join(
        f"{{'setting': 'sitting_{nth}', 'passed': coalesce(passed_at <= {nth}, false)}}" for nth in range(1, _LAST + 1)
    )
    marks = work.view(
        "marks",
        f"""
        SELECT pid, certifier, credential, mark.setting, mark.passed
        FROM (SELECT pid, certifier, credential, unnest([{sittings}]) AS mark FROM {tries} WHERE followed)
        """,
    )
    return Answer(counts, _cells(work, counts, spread_of_persons(work, marks), plan), _RULES)


def _cells(work: Scratch, counts: Relation, spreads: Relation, plan: Plan) -> Relation:
    least = 1 if plan.thresholds is None else plan.thresholds.counts
    points = work.rows(
        "points",
        dict.fromkeys(("setting", "passed", "risk"), "VARCHAR"),
        [(f"sitting_{nth}", _passed(nth), _at_risk(nth)) for nth in range(1, _LAST + 1)],
    )
    group = ", ".join(column if column in {"certifier", "credential"} else "'all'" for column in GROUP)
    return CELLS.rows(
        work,
        f"""
        WITH named AS (
            SELECT *, quantity || id_tail(who_of({group}), 'all', 'all', NULL) AS count_id FROM {counts}
        ), curves AS (
            SELECT n.certifier, n.credential, p.setting, n.value AS n, n.count_id AS n_count_id, n.value >= {least} AS told,
                   unnest(['passing_share', 'passing_at_risk']) AS measure, unnest(['share', 'count']) AS unit,
                   unnest([k.value / nullif(n.value, 0), r.value]) AS value, unnest([k.count_id, r.count_id]) AS part_id
            FROM named AS n CROSS JOIN {points} AS p
            JOIN named AS k ON k.quantity = p.passed AND k.certifier = n.certifier AND k.credential = n.credential
            JOIN named AS r ON r.quantity = p.risk AND r.certifier = n.certifier AND r.credential = n.credential
            WHERE n.quantity = '{_FOLLOWED}'
        )
        SELECT 'attempts' AS "table", measure, CASE WHEN NOT told THEN 'not_available' END AS definition, unit,
               certifier, credential, setting, n, CASE WHEN told THEN value END AS value,
               CASE WHEN told AND unit = 'share' THEN share_low(value * n / spread**2, n / spread**2) END AS low,
               CASE WHEN told AND unit = 'share' THEN share_high(value * n / spread**2, n / spread**2) END AS high,
               CASE WHEN told THEN n_count_id END AS n_count_id, CASE WHEN told THEN part_id END AS numerator_count_id
        FROM curves LEFT JOIN {spreads} USING (certifier, credential, setting)
        """,
    )
