"""What a person earned in a year, in dollars of the base year, and the percentiles of it.

Not here: where they worked (employment.py) and what the industry pays over other work (premium.py).
"""

from credential_pipeline.enclave.outcome_tables.cells import CELLS
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

PERCENTILES = (25, 50, 75)


def asked_years(work: Scratch, units: Relation, covered_years: Relation, plan: Plan) -> Relation:
    """The covered calendar years (year) that lie within the horizons of anybody's award; no figure looks beyond them.

    Args:
        work: Where the rows live.
        units: What is counted, for the award years.
        covered_years: Calendar years that the wage files cover.
        plan: The settings, for the horizons.
    """
    return work.table(
        "asked_years",
        f"""
        SELECT year FROM {covered_years} JOIN (SELECT min(award_year) AS low, max(award_year) AS high FROM {units})
            ON year BETWEEN low + CAST(? AS INTEGER) AND high + CAST(? AS INTEGER)
        """,
        [plan.first_horizon, plan.last_horizon],
    )


def sum_wages(work: Scratch, wages: Relation, people: Relation, years: Relation) -> Relation:
    """One row per person and year with wages: pid, year, cents, employer_id (the main employer).

    Args:
        work: Where the rows live.
        wages: ``reference_population.wages``.
        people: The persons, with their keys.
        years: Of :func:`asked_years`.
    """
    return work.table(
        "person_years", statement(__package__, "person_years.sql", wages=wages, people=people, years=years)
    )


def price_factors(work: Scratch, prices: Relation, person_years: Relation, plan: Plan) -> Relation:
    """Year and factor: real = nominal x CPI-U of the base year / CPI-U of the year.

    Args:
        work: Where the rows live.
        prices: The consumer price index: year, index.
        person_years: Of :func:`sum_wages`; every year of it needs a factor.
        plan: The settings, for the base year.

    Raises:
        SafeError: E_CPI if the base year or a year with wages has no price index.
    """
    factors = work.table(
        "price_factors",
        f"""
        SELECT c.year, b.index / c.index AS factor
        FROM {prices} AS c CROSS JOIN (SELECT index FROM {prices} WHERE year = ?) AS b
        """,
        [plan.base_year],
    )
    gap = work.con.execute(f"SELECT min(year) FROM {person_years} ANTI JOIN {factors} USING (year)").fetchall()[0][0]
    if gap is not None:
        based = work.con.execute(f"SELECT 1 FROM {prices} WHERE year = ?", [plan.base_year]).fetchone()
        missing = str(gap) if based else f"the base year {plan.base_year}"
        message = (
            f"The consumer price index of {missing} is missing; add the year to "
            "credential_pipeline/foundation/reference/cpi_u.csv or change base_year or the cohort of the industry."
        )
        raise SafeError("E_CPI", message)
    return factors


def distribute(work: Scratch, follow_ups: Relation) -> Relation:
    """The sorted real earnings of every group and horizon: who (the group, as in ids), horizon, workplace (all, in, out), earnings."""
    return work.table("distributions", statement(__package__, "distributions.sql", follow_ups=follow_ups))


def percentile_cells(work: Scratch, counts: Relation, distributions: Relation) -> Relation:
    """P25, p50 and p75 of real annual earnings of every group at every horizon.

    Interpolated between the two neighbours, as ``quantile_cont``.
    """
    return CELLS.rows(
        work,
        statement(__package__, "percentiles.sql", counts=counts, distributions=distributions),
        {"percents": list(PERCENTILES)},
    )
