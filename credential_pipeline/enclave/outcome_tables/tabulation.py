"""The flow of outcome_tables, from keyed people and wages to the confidential tables."""

from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from credential_pipeline.enclave.outcome_tables import (
    attempts,
    bands,
    cells,
    cohorts,
    counts,
    coverage,
    earnings,
    employment,
    passing,
    premium,
    reach,
    settings,
    stacking,
    wage_years,
)
from credential_pipeline.enclave.outcome_tables.asking import Answer, of_large_groups, together
from credential_pipeline.enclave.outcome_tables.categories import gives_certifiers, scopes_of, walk_parts
from credential_pipeline.enclave.outcome_tables.definitions import definition_rows
from credential_pipeline.enclave.outcome_tables.earlier import Earlier, read_earlier
from credential_pipeline.enclave.outcome_tables.equations import equations
from credential_pipeline.enclave.outcome_tables.given import Given
from credential_pipeline.enclave.outcome_tables.groups import Ladder, group_ladder, relabel
from credential_pipeline.enclave.outcome_tables.macros import macros
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.questions import ANSWERS
from credential_pipeline.enclave.outcome_tables.sizes import part_sizes
from credential_pipeline.enclave.outcome_tables.uncertainty.bands import bands_of
from credential_pipeline.enclave.outcome_tables.uncertainty.links import replicates_of
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

_FILES = "reference_population.wage_file_years"
_WAGES = ("wages", "employers", "wage_states", "wage_file_years")


def tabulate(con: Connection, plan: Plan, earlier: Path | None = None) -> None:
    """Create ``outcome_tables.{counts,equations,outcomes,trends_before,wage_years,definitions}`` of one industry.

    Categories are coarsened by the plan's disclosure profile before anything is tabulated; ``plan.with_profile`` gives the
    same tables under another.

    Args:
        con: Connection with the views ``person_keys.{person_links,learners,credentials,enrollments,degrees,
            unkeyed_credentials,coverage}`` and ``reference_population.{persons,wages,employers,wage_states,wage_file_years}``, and the schema ``outcome_tables``.
        plan: What to tabulate, of :func:`~.plan.plan_for`.
        earlier: ``outcomes.csv`` of the last release, whose categories are kept where they can be.

    Raises:
        SafeError: E_NO_COHORT, E_CPI or E_COVERAGE, each with what to correct.
    """
    # Threads of the linear algebra would wait for one another most of the time, and sum in another order where there are more.
    with macros(con), scratch(con) as work, threadpool_limits(1, "blas"):
        _tabulate(work, plan, read_earlier(con, earlier, plan.industry))


@dataclass(frozen=True)
class _Given:
    """What is counted, with its categories as tabulated."""

    training: Relation
    tries: Relation
    pooled_tries: Relation
    sitters: Relation
    stacks: Relation
    whole_sectors: Relation
    asked: Given


def _tabulate(work: Scratch, plan: Plan, earlier: Earlier) -> None:
    """The whole hop: who is counted, as what, where they are at every horizon, all counts, all figures made of them."""
    given, ladder = _prepare(work, plan, earlier)
    credentials = _input(work, "person_keys.credentials")
    answers = together(
        work,
        passing.passing(work, given.pooled_tries, credentials, given.asked.people, plan),
        *(answer(work, given.asked, plan) for answer in ANSWERS),
    )
    base = _counts(work, given, ladder, answers, plan)
    ledgers = coverage.pool_ledgers(work, base, plan, earlier)
    counted = counts.with_more(work, base, coverage.pooled_counts(work, base, ledgers))
    rungs = ladder.relation(work)
    distributions = earnings.distribute(work, given.asked.follow_ups)
    wanted = bands.wanted(
        work,
        ladder,
        follow_ups=given.asked.follow_ups,
        training=given.training,
        tries=given.pooled_tries,
        stacks=given.stacks,
    )
    outcomes = cells.outcomes(
        work,
        plan,
        rungs,
        given.asked.reached,
        bands_of(work, given.asked.replicates, [*wanted, *answers.wanted]),
        earnings.percentile_cells(work, counted, distributions),
        employment.employment_cells(work, counted),
        premium.premium_cells(work, counted, distributions),
        settings.setting_cells(work, counted),
        attempts.attempt_cells(work, counted, given.tries, plan),
        stacking.stack_cells(work, counted, plan),
        coverage.ledger_cells(work, counted, ledgers),
        coverage.silent_cells(work, counted, rungs),
        of_large_groups(work, answers.cells, plan),
    )
    pooled = coverage.pooled_equations(work, ledgers)
    keep(work.con, SNAPSHOT, "counts", counted)
    keep(work.con, SNAPSHOT, "equations", equations(work, counted, given.whole_sectors, pooled, answers.rules, plan))
    keep(work.con, SNAPSHOT, "outcomes", outcomes)
    for name, rows in answers.kept:
        keep(work.con, SNAPSHOT, name, rows)
    keep(work.con, SNAPSHOT, "wage_years", given.asked.wage_years)
    definitions = wage_years.tell_gaps(work, definition_rows(work), given.asked.wage_years, _input(work, _FILES), plan)
    definitions = reach.tell_reach(work, definitions, given.asked.units, given.asked.wage_years, plan)
    keep(work.con, SNAPSHOT, "definitions", definitions)


def _counts(work: Scratch, given: _Given, ladder: Ladder, answers: Answer, plan: Plan) -> Relation:
    """All counts but those of pooled lines of the ledgers, with their ids."""
    asked = given.asked
    return counts.identify(
        work,
        answers.counts,
        counts.cohort_counts(work, asked.units, asked.follow_ups, plan),
        counts.sector_counts(
            work, asked.follow_ups, given.whole_sectors, plan, by_certifier=gives_certifiers(ladder, "sector")
        ),
        settings.setting_counts(work, given.training, plan, ladder),
        attempts.attempt_counts(work, given.pooled_tries),
        stacking.stack_counts(work, given.stacks, ladder),
        coverage.ledger_counts(
            work, _input(work, "person_keys.coverage"), asked.people, asked.units, asked.follow_ups, given.sitters
        ),
    )


def _prepare(work: Scratch, plan: Plan, earlier: Earlier) -> tuple[_Given, Ladder]:
    """Find out who is counted, and coarsen their categories until each is large enough."""
    credentials = _input(work, "person_keys.credentials")
    wages, employers, states, files = (_input(work, f"reference_population.{name}") for name in _WAGES)
    people = cohorts.number_people(work, _input(work, "person_keys.learners"))
    awards = cohorts.first_awards(work, credentials, people, plan)
    units = cohorts.choose_units(work, awards, people, plan)
    years = wage_years.wage_years(work, wages, employers, states, files)
    covered, shut = wage_years.covered_years(work, years), wage_years.shut_years(work, years)
    asked = earnings.asked_years(work, units, covered, plan)
    person_years = earnings.sum_wages(work, wages, people, asked)
    factors = earnings.price_factors(work, reference_series(work, "cpi_u"), person_years, plan)
    digits = employment.sector_digits(work, reference_series(work, "naics_sectors"))
    main_employers = employment.classify_employers(work, employers, person_years, digits, plan)
    follow_ups = employment.follow_up(work, units, asked, shut, person_years, factors, main_employers, plan)
    reached = reach.reached(work, units, years, plan)
    ladder = group_ladder(work, follow_ups, plan, earlier, reach.whole_horizons(work, reached))
    if ladder.horizons is not None:
        sectors = part_sizes(work, follow_ups, plan, "sector", ladder.horizons)
        walk_parts(sectors, scopes_of(ladder, labelled=False), plan, ladder, earlier, "sector")
    units, follow_ups = relabel(work, units, follow_ups, ladder)
    replicates = replicates_of(work, people, _input(work, "person_keys.person_links"), plan.replicates)
    training = settings.nearest_training(work, units, people, _input(work, "person_keys.enrollments"), plan)
    tries = attempts.count_sittings(work, credentials, people, plan)
    stacks = stacking.stack(work, units, awards)
    stacking.walk_stacks(work, stacks, plan, ladder, earlier)
    given = _Given(
        training=settings.pool_settings(work, training, plan, ladder, earlier),
        tries=tries,
        pooled_tries=attempts.pool_tries(work, tries, plan, ladder, earlier),
        sitters=attempts.count_sitters(work, credentials, people, awards, plan),
        stacks=stacks,
        whole_sectors=employment.whole_sectors(work, digits, plan),
        asked=Given(
            people,
            awards,
            units,
            follow_ups,
            person_years,
            factors,
            main_employers,
            covered,
            asked,
            shut,
            years,
            reach.reached(work, units, years, plan),
            replicates,
        ),
    )
    return given, ladder


def _input(work: Scratch, name: str) -> Relation:
    return relation(work.con, name)
