"""The flow of outcome_tables, from keyed people and wages to the four outcome tables."""

from credential_pipeline.enclave.outcome_tables import (
    attempts,
    cells,
    cohorts,
    counts,
    coverage,
    earnings,
    employment,
    premium,
    settings,
    stacking,
)
from credential_pipeline.enclave.outcome_tables.definitions import definition_rows
from credential_pipeline.enclave.outcome_tables.equations import equations
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import Plan, plan_for
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch


def tabulate(con: Connection, industry: Industry, registry: Registry) -> None:
    """Create ``outcome_tables.{counts,equations,outcomes,definitions}`` of one industry.

    Args:
        con: Connection with the views ``person_keys.{learners,credentials,enrollments,coverage}`` and
            ``reference_population.{wages,employers}``, and the schema ``outcome_tables``.
        industry: What to tabulate.
        registry: Where its certifiers are looked up.

    Raises:
        SafeError: E_NO_COHORT, E_CPI or E_COVERAGE, each with what to correct.
    """
    with macros(con), scratch(con) as work:
        _tabulate(work, plan_for(industry, registry))


def _tabulate(work: Scratch, plan: Plan) -> None:
    """The whole hop: who is counted, where they are at every horizon, all counts, all figures made of them."""
    credentials, wages = _given(work, "person_keys.credentials"), _given(work, "reference_population.wages")

    people = cohorts.number_people(work, _given(work, "person_keys.learners"))
    awards = cohorts.first_awards(work, credentials, people, plan)
    units = cohorts.choose_units(work, awards, people, plan)
    person_years = earnings.sum_wages(work, wages, units, people, plan)
    factors = earnings.price_factors(work, reference_series(work, "cpi_u"), person_years, plan)
    digits = employment.sector_digits(work, reference_series(work, "naics_sectors"))
    main_employers = employment.classify_employers(
        work, _given(work, "reference_population.employers"), person_years, digits, plan
    )
    covered = earnings.covered_years(work, wages)
    follow_ups = employment.follow_up(work, units, covered, person_years, factors, main_employers, plan)
    training = settings.nearest_training(work, units, people, _given(work, "person_keys.enrollments"), plan)
    tries = attempts.count_sittings(work, credentials, people, plan)
    stacks = stacking.stack(work, units, awards)

    whole_sectors = employment.whole_sectors(work, digits, plan)
    counted = counts.identify(
        work,
        counts.cohort_counts(work, units, follow_ups, plan),
        counts.sector_counts(work, follow_ups, whole_sectors, plan),
        settings.setting_counts(work, training, plan),
        attempts.attempt_counts(work, tries),
        stacking.stack_counts(work, stacks),
        coverage.ledger_counts(work, _given(work, "person_keys.coverage"), people, units, follow_ups),
    )
    distributions = earnings.distribute(work, follow_ups)
    outcomes = cells.outcomes(
        work,
        plan,
        earnings.percentile_cells(work, counted, distributions),
        employment.employment_cells(work, counted),
        premium.premium_cells(work, counted, distributions),
        settings.setting_cells(work, counted),
        attempts.attempt_cells(work, counted, tries, plan),
        stacking.stack_cells(work, counted, stacks, plan),
        coverage.ledger_cells(work, counted, plan),
    )
    keep(work.con, SNAPSHOT, "counts", counted)
    keep(work.con, SNAPSHOT, "equations", equations(work, counted, whole_sectors, plan))
    keep(work.con, SNAPSHOT, "outcomes", outcomes)
    keep(work.con, SNAPSHOT, "definitions", definition_rows(work))


def _given(work: Scratch, name: str) -> Relation:
    return relation(work.con, name)
