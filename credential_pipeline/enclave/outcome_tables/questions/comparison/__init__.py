"""Compared with whom: what holders earn beyond people like them who hold no credential, from the enclave's data alone.

Holders and others are matched (matching.py), their changes since the years before the award are compared (gaps.py, effects.py), and
what the match leaves different is taken off (correction.py); the years before the award are watched (trends.py). Not here: the changes themselves (own_change).
"""

from credential_pipeline.enclave.outcome_tables.asking import Answer, together
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.counts import COUNTS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import GROUP
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.comparison.balancing import balance
from credential_pipeline.enclave.outcome_tables.questions.comparison.common_support import support
from credential_pipeline.enclave.outcome_tables.questions.comparison.definitions import DEFINITIONS
from credential_pipeline.enclave.outcome_tables.questions.comparison.figures import figures
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import frames
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import EARLIER, Match, Sources, match
from credential_pipeline.enclave.outcome_tables.questions.comparison.membership import groups
from credential_pipeline.enclave.outcome_tables.questions.comparison.premium import premium
from credential_pipeline.enclave.outcome_tables.questions.comparison.trends import NAME, trends
from credential_pipeline.foundation.storage.relation import Scratch, relation
from credential_pipeline.foundation.storage.sql import statement

__all__ = ["DEFINITIONS", "answer", "premium"]

_WHO = f"who_of({', '.join(GROUP)})"


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """``comparison_effect`` and what belongs to it, of every group; cells without a value where nobody can be compared."""
    sources = Sources(
        units=given.units,
        people=given.people,
        learners=relation(work.con, "person_keys.learners"),
        credentials=relation(work.con, "person_keys.credentials"),
        coverage=relation(work.con, "person_keys.coverage"),
        persons=relation(work.con, "reference_population.persons"),
        wages=relation(work.con, "reference_population.wages"),
        employers=relation(work.con, "reference_population.employers"),
        price_factors=given.price_factors,
        covered_years=given.covered_years,
        shut_years=given.shut_years,
    )
    found = match(work, sources, plan)
    answers = together(
        work,
        support(work, found, given.units),
        _effects(work, found, given, plan),
        _balance(work, found),
        premium(work, found, given.follow_ups),
    )
    # Rows of everybody who was compared, which nothing reads from here on: a third of what the hop holds.
    work.drop(found.moments, found.others, found.careers.rows, found.persons)
    return answers


def _effects(work: Scratch, found: Match, given: Given, plan: Plan) -> Answer:
    frame = frames(work, found)
    told_apart = groups(work, given.units, frame.uid)
    rows = figures(work, frame, told_apart, plan)
    paid = work.table(
        "payers_before",
        statement(
            __package__, "payers_before.sql", matched=found.matched, persons=found.persons, careers=found.careers.rows
        ),
        {
            "first_year": found.careers.first_year,
            "earlier": list(EARLIER),
            "later": list(range(1, plan.last_horizon + 1)),
        },
    )
    group = ", ".join(GROUP)
    counts = COUNTS.rows(work, f"SELECT DISTINCT quantity, {group}, horizon, n AS value, n AS learners FROM {rows}")
    cells = CELLS.rows(
        work,
        f"""
        SELECT 'comparison' AS "table", measure, r.definition,
               CASE WHEN measure = 'comparison_breakdown' THEN 'mean' ELSE 'usd' END AS unit, {group}, r.horizon, n, value, low, high,
               employers, largest_employer, quantity || id_tail({_WHO}, 'all', 'all', r.horizon) AS n_count_id
        FROM {rows} AS r LEFT JOIN {paid} AS p ON p.definition = r.definition AND p.horizon IS NOT DISTINCT FROM r.horizon
        """,
    )
    return Answer(counts, cells, kept=((NAME, trends(work, frame, told_apart)),))


def _balance(work: Scratch, found: Match) -> Answer:
    rows = balance(work, found)
    kinds = "CASE WHEN ends_with(definition, 'before') THEN 'comparison_described' ELSE 'comparison_matched' END"
    counts = COUNTS.rows(work, f"SELECT DISTINCT {kinds} AS quantity, n AS value, n AS learners FROM {rows}")
    cells = CELLS.rows(
        work,
        f"""
        SELECT 'comparison' AS "table", 'balance_difference' AS measure, definition, 'mean' AS unit, n, value,
               {kinds} AS n_count_id
        FROM {rows}
        """,
    )
    return Answer(counts, cells)
