"""The numbers of the law, and the prices at which a programme is judged. Not here: what they are compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.foundation.reference.load import OTHER_GUIDELINES, numbers_of, reference_series
from credential_pipeline.foundation.registry.programmes import Programme
from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class Law:
    """The parameters of ``reference/workforce_pell.csv`` under their names there; each has its source in that file."""

    clock_hours_from: float
    clock_hours_below: float
    weeks_from: float
    weeks_below: float
    completion_rate_from: float
    completion_time: float
    placement_rate_from: float
    placement_days: float
    poverty_share: float
    years_before_award_year: float
    first_award_year: float
    completers_enough: float
    completers_least: float
    award_years_most: float
    matched_least: float
    any_employment_until: float
    value_added_from: float
    earnings_years_after: float

    @classmethod
    def read(cls) -> Self:
        """Take the parameters from the reference file."""
        return cls(**numbers_of("workforce_pell"))


@dataclass(frozen=True)
class Prices:
    """At what prices one programme is judged, in dollars of the base year; None where no table says.

    Attributes:
        parity: Price level of its state, that of the nation being 1.
        poverty: The part of the poverty guideline that the law takes off.
        tuition: Tuition and fees.
        tuition_covered: False if there is a tuition, and no price index for its year.
    """

    parity: float | None
    poverty: float | None
    tuition: float | None
    tuition_covered: bool


def prices_of(work: Scratch, factors: Relation, plan: Plan, law: Law) -> dict[str, Prices]:
    """Programme to its prices.

    Args:
        work: Where the rows live.
        factors: year, factor into dollars of the base year.
        plan: The settings, for the base year and the programmes.
        law: The numbers of the law.
    """
    guidelines = reference_series(work, "poverty_guidelines")
    parities = reference_series(work, "price_parities")
    # Of the years of a state the base year's, else the last one.
    chosen = f"SELECT state, arg_max(parity, (year = {plan.base_year}, year)) FROM {parities} GROUP BY state"
    levels = {str(state): float(parity) / 100 for state, parity in work.con.execute(chosen).fetchall()}
    inflation = _by_year(work, f"SELECT year, factor FROM {factors}")
    poverty = _by_year(work, f"SELECT year, one_person FROM {guidelines}").get(plan.base_year)
    return {
        programme.id: _prices(programme, levels, inflation, poverty and poverty * law.poverty_share)
        for programme in plan.programmes
    }


def _prices(
    programme: Programme, levels: Mapping[str, float], inflation: Mapping[int, float], poverty: float | None
) -> Prices:
    tuition = programme.tuition_and_fees
    factor = inflation.get(tuition.year) if tuition else None
    return Prices(
        parity=levels.get(programme.state),
        poverty=None if programme.state in OTHER_GUIDELINES else poverty,
        tuition=tuition.usd * factor if tuition and factor is not None else None,
        tuition_covered=tuition is None or factor is not None,
    )


def _by_year(work: Scratch, query: str) -> dict[int, float]:
    return {int(year): float(value) for year, value in work.con.execute(query).fetchall()}
