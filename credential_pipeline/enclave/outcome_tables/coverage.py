"""Who is not in these numbers: a ledger from the learners that certifiers reported to those seen in wages.

Every learner stands in exactly one line of the ledger at each horizon, so the shares of a ledger add up to 1.
"""

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Lines that do not depend on the horizon: definition to the id of its count.
_BEFORE = {
    "opted_out": "ledger_opted_out",
    "ferpa_blocked": "ledger_ferpa_blocked",
    "no_person_key": "ledger_no_person_key",
    "same_person": "ledger_same_person",
    "not_in_cohort": "ledger_not_in_cohort",
}
#: Lines of the cohort at a horizon: definition to the quantity.
_AT_HORIZON = {
    "died_before": "died_before",
    "year_not_covered": "year_not_covered",
    "no_wage_record": "not_matched",
    "seen_in_wages": "wage_matched",
}
#: Lines of the cohort in the ledger over all years after the award.
_OVERALL = {"never_seen_after": "never_seen_after", "seen_after": "seen_after"}


def ledger_counts(
    work: Scratch, coverage: Relation, people: Relation, units: Relation, follow_ups: Relation
) -> Relation:
    """The lines of the ledger that the tables by horizon do not have.

    Args:
        work: Where the rows live.
        coverage: ``person_keys.coverage``.
        people: Everybody with a key.
        units: What is counted.
        follow_ups: Where each unit is at each horizon.

    Raises:
        SafeError: E_COVERAGE if the reasons do not add up to the reported learners, or fewer learners were keyed than
            there are persons.
    """
    rows = work.con.execute(f"SELECT reason, learners FROM {coverage}").fetchall()
    given = {str(reason): int(learners) for reason, learners in rows}
    persons = int(work.con.execute(f"SELECT count(*) FROM {people}").fetchall()[0][0])
    cohort = int(work.con.execute(f"SELECT count(*) FROM {units} WHERE lead").fetchall()[0][0])
    lines = _lines(given, persons, cohort)
    counts = {"ledger_reported": given["reported"]} | {_BEFORE[reason]: number for reason, number in lines.items()}
    before = COUNTS.rows(
        work,
        "SELECT unnest(CAST(? AS VARCHAR[])) AS quantity, unnest(CAST(? AS BIGINT[])) AS value, value AS learners",
        [list(counts), list(counts.values())],
    )
    after = COUNTS.rows(
        work,
        f"""
        WITH persons AS (SELECT pid, bool_or(seen AND horizon >= 1) AS seen FROM {follow_ups} WHERE lead GROUP BY pid)
        SELECT quantity, count(*) FILTER (seen = wanted) AS value, count(*) FILTER (seen = wanted) AS learners
        FROM persons CROSS JOIN (VALUES ('seen_after', true), ('never_seen_after', false)) AS q (quantity, wanted)
        GROUP BY quantity
        """,
    )
    return COUNTS.union(work, before, after)


def _lines(given: dict[str, int], persons: int, cohort: int) -> dict[str, int]:
    """Everybody who is reported and not in the cohort, by the reason; with the cohort they are all."""
    lines = {reason: given.get(reason, 0) for reason in ("opted_out", "ferpa_blocked", "no_person_key")}
    lines |= {"same_person": given.get("keyed", 0) - persons, "not_in_cohort": persons - cohort}
    if sum(lines.values()) + cohort != given.get("reported", 0) or min(lines.values()) < 0:
        message = (
            "person_keys.coverage does not add up: reported must be opted_out + ferpa_blocked + no_person_key + keyed, and "
            "keyed at least the number of person_keys.learners; materialise person_keys again."
        )
        raise SafeError("E_COVERAGE", message)
    return lines


def ledger_cells(work: Scratch, counts: Relation, plan: Plan) -> Relation:
    """``coverage_share`` over all years after the award and at the ledger's horizons.

    The line of the ledger is in ``definition``. Shares are complete counts, so they have no band.
    """
    parts = [_ledger(work, counts, None, _BEFORE | _OVERALL)]
    for horizon in plan.ledger_horizons:
        at_horizon = {reason: f"{plan.lead}{quantity}/h={horizon}" for reason, quantity in _AT_HORIZON.items()}
        parts.append(_ledger(work, counts, horizon, _BEFORE | at_horizon))
    return CELLS.union(work, *parts)


def _ledger(work: Scratch, counts: Relation, horizon: int | None, lines: dict[str, str]) -> Relation:
    return CELLS.rows(
        work,
        statement(__package__, "ledger_cells.sql", counts=counts),
        {"definitions": list(lines), "count_ids": list(lines.values()), "horizon": horizon},
    )
