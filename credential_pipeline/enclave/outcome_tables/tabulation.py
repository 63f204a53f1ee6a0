"""The order of outcome_tables, from keyed people and wages to the four outcome tables."""

from credential_pipeline.enclave.outcome_tables import (
    attempts,
    bands,
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
from credential_pipeline.enclave.outcome_tables.definitions import create_definitions
from credential_pipeline.enclave.outcome_tables.equations import create_equations
from credential_pipeline.enclave.outcome_tables.plan import Plan, plan_for
from credential_pipeline.foundation.reference.load import load_reference
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection


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
    plan = plan_for(industry, registry)
    load_reference(con, "cpi_u", "naics_sectors")
    bands.create_macros(con)
    cells.create_staging(con)
    counts.create_tally(con)
    _prepare(con, plan)
    whole_sectors = _count(con, plan)
    _measure(con, plan)
    counts.create_counts(con)
    create_equations(con, plan, whole_sectors)
    cells.create_outcomes(con, plan)
    create_definitions(con, "outcome_tables.definitions")
    _drop_scratch(con)


def _prepare(con: Connection, plan: Plan) -> None:
    """One row per person, per unit, per year and per unit and horizon."""
    cohorts.create_cohort(con, plan)
    earnings.create_person_years(con, plan)
    earnings.create_deflator(con, plan)
    employment.create_frame(con, plan)
    settings.create_training(con, plan)
    attempts.create_sittings(con, plan)
    stacking.create_stacks(con)


def _count(con: Connection, plan: Plan) -> tuple[str, ...]:
    """All counts, before any figure is made of them; return the sectors that lie in the industry as a whole."""
    counts.add_cohort_counts(con, plan)
    whole_sectors = counts.add_sector_counts(con, plan)
    settings.add_setting_counts(con, plan)
    attempts.add_attempt_counts(con)
    stacking.add_stack_counts(con)
    coverage.add_ledger_counts(con)
    counts.close_tally(con)
    return whole_sectors


def _measure(con: Connection, plan: Plan) -> None:
    """All figures."""
    earnings.create_distributions(con)
    earnings.add_percentiles(con)
    employment.add_employment(con)
    premium.add_premium(con)
    settings.add_settings(con)
    attempts.add_attempts(con, plan)
    stacking.add_stacking(con, plan)
    coverage.add_coverage(con, plan)


def _drop_scratch(con: Connection) -> None:
    """Drop what stands for single people, so that nothing of it outlives the tabulation."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'tmp_') ORDER BY table_name"
    ).fetchall()
    for (name,) in rows:
        con.execute(f'DROP TABLE temp."{name}"')
