"""Who began a programme, who completed it, and what became of them, as one row of numbers per programme.

Not here: what the law makes of the numbers (judging.py).
"""

from collections.abc import Mapping, Sequence

from credential_pipeline.enclave.outcome_tables.earnings import sum_wages
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.law import Law, Prices
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.printing import Printing
from credential_pipeline.enclave.outcome_tables.questions.workforce_pell.window import (
    Window,
    choose,
    last_year,
)
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.sql import statement


def programme_rows(work: Scratch, programmes: Sequence[Programme]) -> Relation:
    """The programmes as rows: programme, certifier, codes, opeid, weeks."""
    columns = {
        "programme": "VARCHAR",
        "certifier": "VARCHAR",
        "codes": "VARCHAR[]",
        "opeid": "VARCHAR",
        "weeks": "DOUBLE",
    }
    rows = [(one.id, one.certifier, list(one.credentials), one.provider_opeid, one.weeks) for one in programmes]
    return work.rows("programmes", columns, rows)


def find_careers(work: Scratch, given: Given, programmes: Relation, plan: Plan, law: Law) -> Relation:
    """One row per programme and learner: programme, pid, person_key, death_year, award_date, begun_in, completed_in, in_time.

    Award years bear the number of the year in which they begin; without an award ``completed_in`` is missing. ``in_time`` is
    missing where the programme's weeks are not known.

    Args:
        work: Where the rows live.
        given: The people.
        programmes: Of :func:`programme_rows`.
        plan: The settings, for how long before the first sitting an enrollment may have ended.
        law: The numbers of the law.
    """
    return work.table(
        "careers",
        statement(
            __package__,
            "careers.sql",
            credentials=relation(work.con, "person_keys.credentials"),
            enrollments=relation(work.con, "person_keys.enrollments"),
            people=given.people,
            programmes=programmes,
        ),
        {"window_days": plan.training_window_days, "times": law.completion_time},
    )


def count_completers(work: Scratch, careers: Relation, programmes: Relation) -> dict[str, dict[int, int]]:
    """Programme to award year to the number of completers, with a key or without."""
    unkeyed = relation(work.con, "person_keys.unkeyed_credentials")
    query = statement(__package__, "completers.sql", careers=careers, programmes=programmes, unkeyed=unkeyed)
    found: dict[str, dict[int, int]] = {}
    for programme, year, completers in work.con.execute(query).fetchall():
        found.setdefault(str(programme), {})[int(year)] = int(completers)
    return found


def choose_windows(
    work: Scratch, given: Given, careers: Relation, programmes: Relation, plan: Plan, law: Law
) -> dict[str, Window]:
    """Programme to the award years that are judged; empty if no award year can be."""
    covered = {int(year) for (year,) in work.con.execute(f"SELECT year FROM {given.covered_years}").fetchall()}
    last = last_year(covered, plan.first_year, plan.last_year, law)
    if last is None:
        return {}
    completers = count_completers(work, careers, programmes)
    printed = Printing(plan.profile).learners
    return {one.id: choose(completers.get(one.id, {}), last, law, printed) for one in plan.programmes}


def tally(
    work: Scratch,
    given: Given,
    careers: Relation,
    chosen: Mapping[str, tuple[Programme, Window, Prices]],
    law: Law,
) -> Relation:
    """One row per programme with a window.

    Args:
        work: Where the rows live.
        given: The prices, the people and which years of which states are not covered.
        careers: Of :func:`find_careers`.
        chosen: Programme, its window and its prices, by id.
        law: The numbers of the law.

    Returns:
        programme, its group, parity, poverty, listed, began, completed, followed, placed, v (the sorted real earnings of its
        completers), employers and largest_employer (who pays these).
    """
    columns = dict.fromkeys(("programme", "certifier", "credential", "cohort"), "VARCHAR")
    columns |= dict.fromkeys(("first_year", "last_year", "completers"), "INTEGER")
    columns |= dict.fromkeys(("parity", "poverty"), "DOUBLE")
    rows = [
        (key, one.certifier, credential_of(one), window.label, window.first, window.last, window.completers,
         prices.parity, prices.poverty)
        for key, (one, window, prices) in chosen.items()
    ]  # fmt: skip
    wages = relation(work.con, "reference_population.wages")
    completers = work.view(
        "completers", f"SELECT DISTINCT pid, person_key FROM {careers} WHERE completed_in IS NOT NULL"
    )
    years = work.view("years", f"SELECT DISTINCT year FROM {wages}")
    return work.table(
        "tallies",
        statement(
            __package__,
            "tallies.sql",
            careers=careers,
            windows=work.rows("windows", columns, rows),
            pay=sum_wages(work, wages, completers, years),
            enrollments=relation(work.con, "person_keys.enrollments"),
            factors=given.price_factors,
            people=given.people,
            shut_years=given.shut_years,
        ),
        {"placement_days": int(law.placement_days), "earnings_years": int(law.earnings_years_after)},
    )


def credential_of(programme: Programme) -> str:
    """The credential of a programme, or ``all`` where any of several completes it."""
    return programme.credentials[0] if len(programme.credentials) == 1 else "all"
