"""Each year of the wage files against its neighbors: a copied file, cents for dollars, part of a year, one told twice or not at all.

A year that was copied or is in another unit keeps the drop back; one with another fault is used by nobody (outcome_tables says so
beside its figures). Not here: the states of a year (outcome_tables), single rows (wages.py).
"""

from typing import Final

from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

FEWEST: Final = 200
"""Jobs in the usual year from which on a year is judged by its neighbors; fewer swing too much."""
ALIKE: Final = 20
"""Jobs from which on two years of the same wages are no chance."""
UNIT: Final = 10.0
"""How many times the usual wages of a job are in another unit: cents, thousands, a month's."""
FEW: Final = 0.6
"""Share of the usual jobs below which a year is cut."""
LOW: Final = 0.7
"""Share of the usual wages of a job below which a year is not complete."""
HIGH: Final = 1.8
"""The same above which wages were counted more than once."""
MANY: Final = 1.6
"""How many times the jobs, or the wages, of the years beside it are those of more than one year; none grows so fast."""
STRANGE: Final = 0.2
"""Share of jobs of nobody among the reference persons from which the keys of a year were written differently."""
QUARTER: Final = 0.5
"""Share of the fullest quarter's jobs below which a quarter is missing."""

_SAID: Final = {
    "copied": "the wages of {year} are those of {copy_of} again: a file was copied; deliver that of {year}",
    "other_unit": "the wages of a job in {year} are {times} times those of the years around it; deliver whole dollars of a year",
    "missing_quarters": "a quarter of {year} is missing; the year is not used",
    "few_jobs": "{year} has {jobs:,} jobs, the years around it {usual_jobs:,}; the year is not used",
    "low_wages": "the wages of a job in {year} are {times} times those of the years around it; the year is not used",
    "high_wages": "the wages of a job in {year} are {times} times those of the years around it; the year is not used",
    "many_jobs": "{year} has {jobs:,} jobs, the years around it {usual_jobs:,}, as if it were told twice; the year is not used",
    "many_dollars": "the wages of {year} are as those of two years together; the year is not used",
    "strangers": f"{STRANGE * 100:.0f} % or more of the jobs of {{year}} belong to nobody among the persons; the year is not used",
    "no_wages": "there are no wages of {year}, and there are of years before and after it",
}
_SHOWN: Final = 5
"""Years that a message names."""
REFUSED: Final = ("copied", "other_unit")
"""What keeps the drop back."""


def keep_wage_file_years(
    work: Scratch, wages: Relation, strangers: Relation, quarterly: Relation | None, annual: Relation | None
) -> Relation:
    """Create ``reference_population.wage_file_years``.

    Args:
        work: Where the rows live.
        wages: person_key, year, employer_id, wages: a row a job and year.
        strangers: code: the person_keys of nobody among the reference persons.
        quarterly: year, quarters (bits) of the rows of the quarterly files, if there are any.
        annual: year of the rows of the annual files, if there are any: their sums do not rest on quarters.
    """
    missing = _missing_quarters(work, quarterly, annual)
    bounds = {"alike": ALIKE, "fewest": FEWEST, "unit": UNIT, "few": FEW, "low": LOW, "high": HIGH}
    bounds |= {"many": MANY, "strange": STRANGE}
    query = statement(__package__, "wage_file_years.sql", wages=wages, strangers=strangers, missing_quarters=missing)
    return keep(work.con, SNAPSHOT, "wage_file_years", work.table("years", query, bounds))


def _missing_quarters(work: Scratch, quarterly: Relation | None, annual: Relation | None) -> Relation:
    """Years (year, quarters: how many are there) of which a quarter has far fewer jobs with wages than the fullest one."""
    if quarterly is None:
        return work.rows("missing_quarters", {"year": "INTEGER", "quarters": "BIGINT"}, [])
    by_year = f"ANTI JOIN (SELECT DISTINCT year FROM {annual}) USING (year)" if annual is not None else ""
    return work.table(
        "missing_quarters",
        f"""
        WITH counted AS (SELECT year, quarters, count(*) AS jobs FROM {quarterly} {by_year} WHERE quarters > 0 GROUP BY ALL),
        full_years AS (SELECT *, max(jobs) OVER (PARTITION BY year) AS most FROM counted)
        SELECT year, count(*) FILTER (jobs >= $least * most) AS quarters
        FROM full_years WHERE most >= $fewest GROUP BY year HAVING count(*) FILTER (jobs >= $least * most) < 4
        """,
        {"least": QUARTER, "fewest": FEWEST},
    )


def explain_years(con: Connection) -> str:
    """Sentences on the years that are not as their neighbors are; empty if there is none.

    Args:
        con: Connection with ``reference_population.wage_file_years``.
    """
    rows = con.execute(
        "SELECT fault, year, copy_of, jobs, usual_jobs, round(dollars / nullif(jobs, 0) / nullif(usual_wages, 0), 2) AS times"
        " FROM reference_population.wage_file_years WHERE fault IS NOT NULL ORDER BY list_contains($refused, fault) DESC, year",
        {"refused": list(REFUSED)},
    ).fetchall()
    more = [f"and {len(rows) - _SHOWN} more years, see wage_file_years"] if len(rows) > _SHOWN else []
    said = [
        _SAID[fault].format(year=year, copy_of=copy_of, jobs=jobs, usual_jobs=usual, times=times)
        for fault, year, copy_of, jobs, usual, times in rows[:_SHOWN]
    ]
    return f"reference wages: {'; '.join(said + more)}." if said else ""
