"""What everybody who is compared earned in every year, in one row a person.

Not here: who is compared with whom (matching.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True)
class Careers:
    """Earnings by person and year.

    Attributes:
        rows: person, cents (a list with one number for every year from ``first_year``, in cents of the base year, 0 without
            earnings), mains (likewise, of which ``firm_of`` tells the main employer).
        firms: firm, employer_id, inside, state_number, region_number.
        first_year: The year of the first number.
        last_year: The year of the last.
    """

    rows: Relation
    firms: Relation
    first_year: int
    last_year: int

    def earnings(self, work: Scratch) -> NDArray[np.int64]:
        """Cents of the base year, person after person and year after year."""
        flat = work.con.execute(f"SELECT unnest(cents) AS cents FROM (SELECT cents FROM {self.rows} ORDER BY person)")
        return np.asarray(flat.fetchnumpy()["cents"], dtype=np.int64)


def careers(
    work: Scratch,
    persons: Relation,
    wages: Relation,
    employers: Relation,
    places: Relation,
    price_factors: Relation,
    span: tuple[int, int],
    plan: Plan,
) -> Careers:
    """Add up what all employers paid, person by person and year by year.

    Args:
        work: Where the rows live.
        persons: person, person_key.
        wages: ``reference_population.wages``.
        employers: ``reference_population.employers``.
        places: state, state_number, region_number.
        price_factors: year, factor; a year without one counts as a year without wages.
        span: The first and the last year that are asked for.
        plan: The settings, for the industry's prefixes.
    """
    firms = work.table(
        "firms", statement(__package__, "firms.sql", employers=employers, places=places), {"naics": list(plan.naics)}
    )
    jobs = work.table(
        "jobs",
        statement(__package__, "jobs.sql", wages=wages, persons=persons, firms=firms),
        {"first_year": span[0], "last_year": span[1]},
    )
    factors = dict(work.con.execute(f"SELECT year, factor FROM {price_factors}").fetchall())
    years = range(span[0], span[1] + 1)
    # Whole numbers in floating point: their sums are exact, and several times faster than those of large integers.
    sums = ", ".join(f"sum(CASE WHEN year = {year} THEN cents END) AS cents_{year}" for year in years)
    mains = ", ".join(f"max(CASE WHEN year = {year} THEN main END)" for year in years)
    real = ", ".join(
        f"CAST(round(greatest(coalesce(cents_{year}, 0), 0) * {factors.get(year, 0.0)!r}) AS BIGINT)" for year in years
    )
    rows = work.table(
        "careers",
        f"""
        SELECT person, [{real}] AS cents, mains
        FROM {persons} LEFT JOIN (SELECT person, {sums}, [{mains}] AS mains FROM {jobs} GROUP BY person) USING (person)
        """,
    )
    work.drop(jobs)
    return Careers(rows, firms, *span)
