"""Who is not in these numbers: a ledger from the learners that certifiers reported to those seen in wages.

Every learner stands in exactly one line of the ledger at each horizon, so the shares of a ledger add up to 1. Lines of
too few learners are one line together, ``other``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.thresholds import NEWCOMER
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

#: Lines that do not depend on the horizon: definition to the id of its count.
BEFORE = {
    "opted_out": "ledger_opted_out",
    "ferpa_blocked": "ledger_ferpa_blocked",
    "no_person_key": "ledger_no_person_key",
    "same_person": "ledger_same_person",
    "never_passed": "ledger_never_passed",
    "not_in_cohort": "ledger_not_in_cohort",
}
#: Lines of the cohort at a horizon: definition to the quantity.
_AT_HORIZON = {
    "died_before": "died_before",
    "revoked": "revoked",
    "year_not_covered": "year_not_covered",
    "no_wage_record": "not_matched",
    "seen_in_wages": "wage_matched",
}
#: Lines of the cohort in the ledger over all years after the award.
OVERALL = {
    "revoked": "revoked_after",
    "no_year_covered": "no_year_covered",
    "never_seen_after": "never_seen_after",
    "seen_after": "seen_after",
}
#: In a year that is covered everywhere nobody stands in this line, as its definition tells. It is as small as in the other years.
_MAY_BE_NOBODY = "year_not_covered"
_OTHER = "other"
_OTHER_COUNT = "ledger_other"


@dataclass(frozen=True)
class Ledger:
    """The lines of the ledger of one horizon, or of all years after the award.

    Attributes:
        horizon: The horizon; None for all years after the award.
        lines: Definition to the id of its count, without those that are pooled.
        pooled: Ids of the counts that are one line together.
    """

    horizon: int | None
    lines: dict[str, str]
    pooled: tuple[str, ...]

    @property
    def other(self) -> str:
        """Id of the count of the pooled lines."""
        return _OTHER_COUNT if self.horizon is None else f"{_OTHER_COUNT}/h={self.horizon}"

    @property
    def shown(self) -> dict[str, str]:
        """Definition to the id of its count, of every line."""
        return self.lines | ({_OTHER: self.other} if self.pooled else {})


def ledger_counts(
    work: Scratch, coverage: Relation, people: Relation, units: Relation, follow_ups: Relation, sitters: Relation
) -> Relation:
    """The lines of the ledger that the tables by horizon do not have.

    Args:
        work: Where the rows live.
        coverage: ``person_keys.coverage``.
        people: Everybody with a key.
        units: What is counted.
        follow_ups: Where each unit is at each horizon.
        sitters: Who sat in the years of the cohort, and whether without any award.

    Raises:
        SafeError: E_COVERAGE if the reasons do not add up to the reported learners, or fewer learners were keyed than
            there are persons.
    """
    rows = work.con.execute(f"SELECT reason, learners FROM {coverage}").fetchall()
    given = {str(reason): int(learners) for reason, learners in rows}
    persons = int(work.con.execute(f"SELECT count(*) FROM {people}").fetchall()[0][0])
    cohort = int(work.con.execute(f"SELECT count(*) FROM {units} WHERE lead").fetchall()[0][0])
    never = int(work.con.execute(f"SELECT count(*) FROM {sitters} WHERE never_passed").fetchall()[0][0])
    lines = _lines(given, persons, cohort, never)
    counts = {"ledger_reported": given["reported"]} | {BEFORE[reason]: number for reason, number in lines.items()}
    before = COUNTS.rows(
        work,
        "SELECT unnest(CAST(? AS VARCHAR[])) AS quantity, unnest(CAST(? AS BIGINT[])) AS value, value AS learners",
        [list(counts), list(counts.values())],
    )
    after = COUNTS.rows(
        work,
        f"""
        WITH persons AS (
            SELECT pid, list(DISTINCT presence) FILTER (horizon >= 1 AND presence <> 'year_not_covered') AS found,
                   CASE WHEN found IS NULL THEN 'no_year_covered'
                        WHEN list_contains(found, 'wage_matched') THEN 'seen_after'
                        WHEN found = ['revoked'] THEN 'revoked_after' ELSE 'never_seen_after' END AS line
            FROM {follow_ups} WHERE lead GROUP BY pid
        )
        SELECT quantity, count(*) FILTER (quantity = line) AS value, value AS learners
        FROM persons CROSS JOIN (SELECT unnest(CAST(? AS VARCHAR[])) AS quantity) AS q
        GROUP BY quantity
        """,
        [list(OVERALL.values())],
    )
    return COUNTS.union(work, before, after)


def _lines(given: dict[str, int], persons: int, cohort: int, never: int) -> dict[str, int]:
    """Everybody who is reported and not in the cohort, by the reason; with the cohort they are all."""
    lines = {reason: given.get(reason, 0) for reason in ("opted_out", "ferpa_blocked", "no_person_key")}
    lines |= {"same_person": given.get("keyed", 0) - persons, "never_passed": never}
    lines |= {"not_in_cohort": persons - cohort - never}
    if sum(lines.values()) + cohort != given.get("reported", 0) or min(lines.values()) < 0:
        message = (
            "person_keys.coverage does not add up: reported must be opted_out + ferpa_blocked + no_person_key + keyed, and "
            "keyed at least the number of person_keys.learners; materialise person_keys again."
        )
        raise SafeError("E_COVERAGE", message)
    return lines


def pool_ledgers(work: Scratch, counts: Relation, plan: Plan, earlier: Earlier) -> list[Ledger]:
    """Decide which lines of the ledgers are pooled: the same in all of them.

    Lines of too few learners go together, with the next smallest until they are enough. If nobody is in any of them, they
    are left out.

    Args:
        work: Where the rows live.
        counts: The counts of all lines, with their ids.
        plan: The settings.
        earlier: The lines of the last release.
    """
    ledgers: dict[int | None, dict[str, str]] = {None: BEFORE | OVERALL}
    for horizon in plan.ledger_horizons:
        at_horizon = {reason: f"{plan.lead}{quantity}/h={horizon}" for reason, quantity in _AT_HORIZON.items()}
        ledgers[horizon] = BEFORE | at_horizon
    if plan.thresholds is None:
        return [Ledger(horizon, lines, ()) for horizon, lines in ledgers.items()]
    rows = work.con.execute(f"SELECT count_id, value FROM {counts} WHERE dimension = 'all'").fetchall()
    values = {str(count_id): int(value) for count_id, value in rows}
    small = _small(ledgers, values, plan.thresholds.counts, earlier.of("ledger"))
    return [
        Ledger(
            horizon,
            {reason: count_id for reason, count_id in lines.items() if reason not in small},
            _somebody([count_id for reason, count_id in lines.items() if reason in small], values),
        )
        for horizon, lines in ledgers.items()
    ]


def _somebody(count_ids: list[str], values: dict[str, int]) -> tuple[str, ...]:
    return tuple(count_ids) if sum(values[count_id] for count_id in count_ids) else ()


def _small(
    ledgers: dict[int | None, dict[str, str]], values: dict[str, int], least: int, before: frozenset[str] | None
) -> set[str]:
    """The lines that are pooled."""
    reasons = {reason for lines in ledgers.values() for reason in lines}
    found = {reason: [values[lines[reason]] for lines in ledgers.values() if reason in lines] for reason in reasons}
    fewest = {reason: min(numbers) for reason, numbers in found.items()}
    fewest[_MAY_BE_NOBODY] = min(filter(None, found.get(_MAY_BE_NOBODY, ())), default=0)
    small = {
        reason
        for reason, number in fewest.items()
        if number < (least if before is None or reason in before else least * NEWCOMER)
    }
    while any(0 < number < least for number in _pooled(ledgers, values, small)):
        rest = [reason for reason in BEFORE if reason not in small]
        if not rest:
            break
        small.add(min(rest, key=lambda reason: (before is None or reason in before, fewest[reason], reason)))
    return small


def _pooled(ledgers: dict[int | None, dict[str, str]], values: dict[str, int], small: set[str]) -> Iterator[int]:
    for lines in ledgers.values():
        yield sum(values[count_id] for reason, count_id in lines.items() if reason in small)


def pooled_counts(work: Scratch, counts: Relation, ledgers: list[Ledger]) -> Relation:
    """The counts of the pooled lines."""
    return COUNTS.rows(
        work,
        f"""
        SELECT '{_OTHER_COUNT}' AS quantity, p.horizon, sum(c.value) AS value, sum(c.value) AS learners
        FROM {_pooled_lines(work, ledgers)} AS p JOIN {counts} AS c USING (count_id)
        GROUP BY p.horizon
        """,
    )


def pooled_equations(work: Scratch, ledgers: list[Ledger]) -> Relation:
    """What the pooled lines are the sum of: equation_id, total_count_id, part_count_id."""
    return work.table(
        "pooled_equations",
        f"""
        SELECT total || ' = pooled lines' AS equation_id, total AS total_count_id, count_id AS part_count_id
        FROM {_pooled_lines(work, ledgers)}
        """,
    )


def _pooled_lines(work: Scratch, ledgers: list[Ledger]) -> Relation:
    rows = [(ledger.horizon, ledger.other, count_id) for ledger in ledgers for count_id in ledger.pooled]
    return work.rows("pooled_lines", {"horizon": "INTEGER", "total": "VARCHAR", "count_id": "VARCHAR"}, rows)


def ledger_cells(work: Scratch, counts: Relation, ledgers: list[Ledger]) -> Relation:
    """``coverage_share`` over all years after the award and at the ledger's horizons.

    The line of the ledger is in ``definition``. Shares are complete counts, so they have no band.
    """
    return CELLS.union(work, *(_cells(work, counts, ledger) for ledger in ledgers))


def _cells(work: Scratch, counts: Relation, ledger: Ledger) -> Relation:
    lines = ledger.shown
    return CELLS.rows(
        work,
        statement(__package__, "ledger_cells.sql", counts=counts),
        {"definitions": list(lines), "count_ids": list(lines.values()), "horizon": ledger.horizon},
    )


def silent_cells(work: Scratch, counts: Relation, rungs: Relation) -> Relation:
    """``without_cell_share``: how many of the cohort stand in the totals only, because their category has too few learners.

    One cell for every breakdown, for credentials within their certifier.
    """
    return CELLS.rows(work, statement(__package__, "silent_cells.sql", counts=counts, rungs=rungs))
