"""Which years of which states the wage files cover: not covered is not the same as without wages.

A state whose agreement lapsed, whose employers the files lack altogether, or a last year that is not complete yet, would make its residents look unemployed. Not here:
whether an agreement allows the use of a state's wages at all (wage_states.py), and which years are not complete in the files
(reference_population).
"""

from typing import Final

from credential_pipeline.enclave.outcome_tables.meaning import add_note
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

LEAST: Final = 0.5
"""A year of a state is covered from this share of the jobs that the state has in its usual year."""
FEWEST: Final = 200
"""Jobs in the usual year from which on a state, or the nation, is judged by them; fewer swing too much."""
NATION: Final = "all"
_FAULTS: Final = {
    "missing_quarters": "the wage files lack a quarter",
    "few_jobs": "the wage files hold far fewer jobs than in the years around it",
    "low_wages": "the wage files hold far lower wages than in the years around it, as of a part of a year",
    "high_wages": "the wage files hold far higher wages than in the years around it",
    "many_jobs": "the wage files hold far more jobs than in the years around it, as if it were told twice",
    "many_dollars": "the wage files hold as much pay as of two years together",
    "strangers": "many jobs of the wage files belong to nobody whom the enclave knows",
    "no_wages": "the wage files hold nothing of it",
}
"""What readers are told of a year that the files do not tell whole."""
UNKNOWN: Final = "unknown"
"""Employers without a state; who lives in no known state is followed like the nation."""


def wage_years(work: Scratch, wages: Relation, employers: Relation, states: Relation, files: Relation) -> Relation:
    """One row per state of employers and year of the wage files, and per year of all states together (``all``).

    Args:
        work: Where the rows live.
        wages: ``reference_population.wages``.
        employers: ``reference_population.employers``.
        states: ``reference_population.wage_states``.
        files: ``reference_population.wage_file_years``: which years are not complete in the files.

    Returns:
        state, year, jobs (pairs of a person and an employer), usual_jobs (three of four years have no more), covered.
    """
    return work.table(
        "wage_years",
        statement(__package__, "wage_years.sql", wages=wages, employers=employers, wage_states=states, files=files),
        {"least": LEAST, "fewest": FEWEST, "nation": NATION, "unknown": UNKNOWN},
    )


def covered_years(work: Scratch, years: Relation) -> Relation:
    """The calendar years (year) that the wage files cover at all."""
    return work.view("covered_years", f"SELECT year FROM {years} WHERE state = '{NATION}' AND covered")


def shut_years(work: Scratch, years: Relation) -> Relation:
    """State and year that are not covered while others are; who lives there then is not followed."""
    return work.view(
        "shut_years", f"SELECT state, year FROM {years} WHERE state NOT IN ('{NATION}', '{UNKNOWN}') AND NOT covered"
    )


def tell_gaps(work: Scratch, definitions: Relation, years: Relation, files: Relation, plan: Plan) -> Relation:
    """The definitions; that of years that are not covered names the states and years, of those that the tables touch, and why."""
    rows = work.con.execute(
        f"SELECT state, list(year ORDER BY year) FILTER (NOT covered), bool_or(covered) OR state = '{NATION}' FROM {years}"
        f" WHERE state <> '{UNKNOWN}' AND year BETWEEN ? AND ? GROUP BY state HAVING NOT bool_and(covered) ORDER BY state",
        [plan.first_year + plan.first_horizon, plan.last_year + plan.last_horizon],
    ).fetchall()
    parts = [
        f"{'every state' if state == NATION else state} {', '.join(map(str, gaps))}"
        for state, gaps, partly in rows
        if partly
    ]
    never = [state for state, _, partly in rows if not partly]
    said = "; ".join([*parts, *([f"{', '.join(never)} in every year"] if never else [])])
    note = (f" Not covered: {said}." if said else "") + _faults(work, files, plan)
    return add_note(work, definitions, "definition IN ('year_not_covered', 'no_year_covered')", note)


def _faults(work: Scratch, files: Relation, plan: Plan) -> str:
    """A sentence on the years that the files do not tell whole, of those that the tables touch."""
    rows = work.con.execute(
        f"SELECT fault, list(year ORDER BY year) FROM {files} WHERE fault IS NOT NULL AND year BETWEEN ? AND ?"
        " GROUP BY fault ORDER BY fault",
        [plan.first_year + plan.first_horizon, plan.last_year + plan.last_horizon],
    ).fetchall()
    said = "; ".join(f"{', '.join(map(str, gaps))}: {_FAULTS[fault]}" for fault, gaps in rows if fault in _FAULTS)
    return f" Why: {said}." if said else ""
