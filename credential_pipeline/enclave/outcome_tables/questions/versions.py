"""Earnings in further versions, since composition changes from year to year: everybody with zeros kept, and the attached.

The attached are told by their wages of the year, and where the wage files tell quarters, by these too. The version of those with
any wages is in earnings.py.
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.asking import Answer, MoneyAsk, ask_money, together
from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.grouping import BROAD
from credential_pipeline.enclave.outcome_tables.meaning import NOT_COVERED, Definition
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.wage_years import LEAST
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement

HOURS_PER_WEEK: Final = 40
WEEKS: Final = 52
ATTACHED: Final = 7.25 * HOURS_PER_WEEK * WEEKS
"""Nominal dollars of a year of full-time work at the federal minimum wage: the Census Bureau's rule in its Post-Secondary
Employment Outcomes, as its users report it; its authors are also quoted with 35 hours in 50 weeks."""
MIN_QUARTERS: Final = 3
"""Quarters with wages that the same rule asks for."""
_BY_QUARTER: Final = "quarterly"
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
            "full-time work at the federal minimum wage of $7.25 (not adjusted for prices); all others are left out. "
            f"{NOT_COVERED}",
        ),
        Definition(
            _BY_QUARTER,
            f"earnings_attached_{key}",
            f"Earnings of the attached in {MIN_QUARTERS} quarters, {key}",
            f"The same, of those who were also paid in at least {MIN_QUARTERS} quarters of the year. Whoever works in a state whose "
            "files tell that year as a whole is left out; not available where all do.",
        ),
    )
)


def answer(work: Scratch, given: Given, plan: Plan) -> Answer:
    """The medians of the versions for every group at every horizon; quartiles for everybody."""
    attached = f"f.real >= {ATTACHED} * p.factor"
    persons = work.view(
        "versions",
        f"""
        SELECT f.*, CASE WHEN f.presence <> 'revoked' THEN coalesce(f.real, 0) END AS kept,
               CASE WHEN {attached} THEN f.real END AS attached,
               CASE WHEN {attached} AND q.quarters >= {MIN_QUARTERS} THEN f.real END AS steady
        FROM {given.persons(work)} AS f LEFT JOIN {given.price_factors} AS p USING (year)
        LEFT JOIN {_quarters(work, given)} AS q USING (pid, year)
        WHERE f.presence <> 'year_not_covered'
        """,
    )
    asks = {
        key: [
            MoneyAsk("earnings_all", f"earnings_all_{key}", f"{plan.lead}award_held", "kept", key),
            MoneyAsk("earnings_attached", f"earnings_attached_{key}", "attached", "attached", key),
            MoneyAsk(
                _BY_QUARTER, f"earnings_attached_{key}", "attached_by_quarter", "steady", key, "true", _BY_QUARTER
            ),
        ]
        for key, _ in _STATISTICS
    }
    others = [ask for key in ("p25", "p75") for ask in asks[key]]
    found = together(work, ask_money(work, persons, asks["p50"], BROAD), ask_money(work, persons, others, ()))
    return Answer(found.counts, _said(work, found.cells, plan), found.rules, found.wanted)


def _quarters(work: Scratch, given: Given) -> Relation:
    """In how many quarters people were paid: pid, year, quarters; empty if the wage files tell years only."""
    wages = relation(work.con, "reference_population.wages")
    if not work.con.execute(f"SELECT 1 FROM {wages} WHERE quarters IS NOT NULL LIMIT 1").fetchall():
        return work.rows("quarters", {"pid": "INTEGER", "year": "INTEGER", "quarters": "INTEGER"}, [])
    employers = relation(work.con, "reference_population.employers")
    read = {"wages": wages, "employers": employers, "people": given.people, "years": given.asked_years}
    return work.table("quarters", statement(__package__, "quarters.sql", **read), {"least": LEAST})


def _said(work: Scratch, cells: Relation, plan: Plan) -> Relation:
    """The cells, and for everybody one without a value in every year that no file tells by quarter."""
    measure = "earnings_attached_p50"
    silent = CELLS.rows(
        work,
        f"""
        SELECT '{_BY_QUARTER}' AS "table", '{measure}' AS measure, '{_BY_QUARTER}' AS definition, 'usd' AS unit, 0 AS n, horizon
        FROM (SELECT CAST(unnest(range(?, ?)) AS INTEGER) AS horizon)
        ANTI JOIN (SELECT horizon FROM {cells} WHERE definition = '{_BY_QUARTER}') USING (horizon)
        """,
        [plan.first_horizon, plan.last_horizon + 1],
    )
    return CELLS.union(work, cells, silent)
