"""The cells on Workforce Pell: four figures of every programme, the verdicts, and the reasons for them.

Not here: what a verdict rests on (evidence.py) and the judgment itself (judging.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from credential_pipeline.enclave.outcome_tables.asking import Answer
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell import careers
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.evidence import (
    Record,
    known_gaps,
    read_records,
    weigh,
)
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.judging import Verdict, judge
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law, Prices, prices_of
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.window import Window
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

TABLE: Final = "workforce_pell"
_RULES: Final = (
    ("pell_began", ("pell_completed", "pell_not_completed")),
    ("pell_followed", ("pell_placed", "pell_not_placed")),
)
_OF_LEARNERS: Final = {"completion_rate": "share", "placement_rate": "share", "value_added_earnings": "usd"}
_COLUMNS: Final = dict.fromkeys(
    ("certifier", "credential", "cohort", "setting", "measure", "definition", "unit"), "VARCHAR"
) | {"value": "DOUBLE", "n": "BIGINT"}


@dataclass(frozen=True)
class _Case:
    """One programme, and what there is of it."""

    programme: Programme
    prices: Prices
    window: Window | None
    record: Record | None


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """Figures, verdicts and reasons of every programme of the registry; nothing where it names none."""
    if not plan.programmes:
        nothing = CELLS.rows(work, "SELECT NULL AS measure WHERE false")
        return Answer(COUNTS.rows(work, "SELECT NULL AS quantity WHERE false"), nothing)
    law = Law.read()
    prices = prices_of(work, given.price_factors, plan, law)
    gaps = known_gaps(work, plan, prices)
    programmes = careers.programme_rows(work, plan.programmes)
    found = careers.find_careers(work, given, programmes, plan, law)
    windows = careers.choose_windows(work, given, found, programmes, plan, law)
    told = [
        one for one in plan.programmes if one.id in windows and not {"no_provider", "not_published"} & {*gaps[one.id]}
    ]
    tallies = careers.tally(work, given, found, {one.id: (one, windows[one.id], prices[one.id]) for one in told}, law)
    countable = [one.id for one in told if one.weeks is not None and "completion_not_known" not in gaps[one.id]]
    figures = CELLS.rows(work, statement(__package__, "figures.sql", tallies=tallies), {"countable": countable})
    records = read_records(work, tallies, figures)
    rows: list[tuple[Any, ...]] = []
    for one in plan.programmes:
        case = _Case(one, prices[one.id], windows.get(one.id), records.get(one.id))
        known = weigh(one, case.window, case.record, case.prices, gaps[one.id], plan, law)
        rows += _rows_of(case, judge(one, known, law))
    counts = COUNTS.rows(work, statement(__package__, "counts.sql", tallies=tallies))
    return Answer(counts, CELLS.union(work, figures, _cells(work, rows)), _RULES)


def _rows_of(case: _Case, verdict: Verdict) -> Iterator[tuple[Any, ...]]:
    """Rows of :data:`_COLUMNS`: tuition, verdicts and reasons, and figures that nobody stands behind."""
    one, record = case.programme, case.record
    cohort = case.window.label if case.window and record else "all"
    place = (one.certifier, careers.credential_of(one), cohort, one.id)
    listed = record.listed if record else None
    if record is None:
        for measure, unit in _OF_LEARNERS.items():
            yield (*place, measure, measure, unit, None, None)
    yield (*place, "tuition_and_fees", "tuition_and_fees", "usd", case.prices.tuition if record else None, listed)
    yield (*place, "pell_verdict", verdict.full, "count", listed, listed)
    yield (*place, "pell_verdict_transition", f"transition_{verdict.transition}", "count", listed, listed)
    for reason in verdict.reasons:
        yield (*place, "pell_reason", f"pell_{reason}", "count", listed, listed)


def _cells(work: Scratch, rows: list[tuple[Any, ...]]) -> Relation:
    """The rows as cells; behind all of them stand those who completed."""
    judged = work.rows("judged", _COLUMNS, rows)
    who = "who_of(certifier, credential, cohort, 'all', 'all', 'all', 'all', 'all')"
    return CELLS.rows(
        work,
        f"""
        SELECT '{TABLE}' AS "table", *,
               CASE WHEN n IS NOT NULL THEN 'pell_listed' || id_tail({who}, 'all', setting, NULL) END AS n_count_id
        FROM {judged}
        """,
    )
