"""Earnings in two further versions, since composition changes from year to year: everybody with zeros kept, and the attached.

The version of those with any wages is in earnings.py.
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, MoneyAsk, ask_money, together
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.meaning import Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Scratch

ATTACHED: Final = 7.25 * 40 * 52
"""Nominal dollars of a year of full-time work at the federal minimum wage: the Census Bureau's rule in its Post-Secondary
Employment Outcomes. Its second condition, three quarters with wages, needs quarterly wages."""
_STATISTICS: Final = (("p25", "a quarter"), ("p50", "half"), ("p75", "three quarters"))
DEFINITIONS: Final = tuple(
    definition
    for key, words in _STATISTICS
    for definition in (
        Definition(
            f"earnings_all_{key}",
            f"earnings_all_{key}",
            f"Earnings, zeros kept, {key}",
            f"Real annual wages below which {words} of the learners of the cohort lie, where the wage files cover the year: whoever "
            "has no wages counts with zero, and so does whoever died; whoever had the award revoked by then is left out.",
        ),
        Definition(
            f"earnings_attached_{key}",
            f"earnings_attached_{key}",
            f"Earnings of the attached, {key}",
            f"Real annual wages below which {words} of the learners lie whose wages of that year are at least ${ATTACHED:,.0f}, a year of "
            "full-time work at the federal minimum wage of $7.25 (not adjusted for prices).",
        ),
    )
)


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """The medians of both versions for every group at every horizon; quartiles for everybody."""
    persons = work.view(
        "versions",
        f"""
        SELECT f.*, CASE WHEN f.presence <> 'revoked' THEN coalesce(f.real, 0) END AS kept, CASE WHEN f.real >= {ATTACHED} * p.factor THEN f.real END AS attached
        FROM {given.persons(work)} AS f LEFT JOIN {given.price_factors} AS p USING (year)
        WHERE f.presence <> 'year_not_covered'
        """,
    )
    asks = {
        key: [
            MoneyAsk("earnings_all", f"earnings_all_{key}", f"{plan.lead}award_held", "kept", key),
            MoneyAsk("earnings_attached", f"earnings_attached_{key}", "attached", "attached", key),
        ]
        for key, _ in _STATISTICS
    }
    others = [ask for key in ("p25", "p75") for ask in asks[key]]
    return together(work, ask_money(work, persons, asks["p50"], BROAD), ask_money(work, persons, others, ()))
