"""The flow of outcome_tables, from keyed people and wages to the confidential tables."""

from dataclasses import dataclass, replace
from pathlib import Path

from threadpoolctl import threadpool_limits

from credential_pipeline.enclave.outcome_tables import (
    attempts,
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
    wage_states,
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
from credential_pipeline.enclave.outcome_tables.wanted_bands import wanted_bands
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

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
class _Prepared:
    """What the first tables count, and what every question may ask of, with its categories as tabulated."""

    credentials: Relation
    reporting_years: Relation
    training: Relation
    tries: Relation
    pooled_tries: Relation
    stacks: Relation
    whole_sectors: Relation
    given: Given


def _tabulate(work: Scratch, plan: Plan, earlier: Earlier) -> None:
    """The whole hop: who is counted, as what, where they are at every horizon, all counts, all figures made of them."""
    prepared, ladder = _prepare(work, plan, earlier)
    given = prepared.given
    answers = together(
        work,
        passing.passing(
            work, prepared.pooled_tries, prepared.credentials, given.people, prepared.reporting_years, plan
        ),
        *(answer(work, given, plan) for answer in ANSWERS),
    )
    base = _counts(work, prepared, ladder, answers, plan)
    ledgers = coverage.pool_ledgers(work, base, plan, earlier)
    counted = counts.with_more(work, base, coverage.pooled_counts(work, base, ledgers))
    rungs = ladder.relation(work)
    distributions = earnings.distribute(work, given.follow_ups)
    wanted = wanted_bands(
        work,
        ladder,
        follow_ups=given.follow_ups,
        training=prepared.training,
        tries=prepared.pooled_tries,
        stacks=prepared.stacks,
    )
    outcomes = cells.outcomes(
        work,
        plan,
        rungs,
        given.reached,
        bands_of(work, given.replicates, [*wanted, *answers.wanted]),
        earnings.percentile_cells(work, counted, distributions),
        employment.employment_cells(work, counted),
        premium.premium_cells(work, counted, distributions),
        settings.setting_cells(work, counted),
        attempts.attempt_cells(work, counted, prepared.tries, plan),
        stacking.stack_cells(work, counted, plan),
        coverage.ledger_cells(work, counted, ledgers),
        coverage.silent_cells(work, counted, rungs),
        of_large_groups(work, answers.cells, plan),
    )
    pooled = coverage.pooled_equations(work, ledgers)
    keep(work.con, SNAPSHOT, "counts", counted)
    keep(work.con, SNAPSHOT, "equations", equations(work, counted, prepared.whole_sectors, pooled, answers.rules, plan))
    keep(work.con, SNAPSHOT, "outcomes", outcomes)
    for name, rows in answers.kept:
        keep(work.con, SNAPSHOT, name, rows)
    keep(work.con, SNAPSHOT, "wage_years", given.wage_years)
    keep(work.con, SNAPSHOT, "definitions", _definitions(work, given, plan))


def _definitions(work: Scratch, given: Given, plan: Plan) -> Relation:
    """What every figure means, with what these wage files do not tell."""
    files, states = (relation(work.con, f"reference_population.{name}") for name in ("wage_file_years", "wage_states"))
    told = wage_years.tell_gaps(work, definition_rows(work), given.wage_years, files, plan)
    told = reach.tell_reach(work, told, given.units, given.wage_years, given.reached, plan)
    return wage_states.tell_wage_states(work, told, states)


def _counts(work: Scratch, prepared: _Prepared, ladder: Ladder, answers: Answer, plan: Plan) -> Relation:
    """All counts but those of pooled lines of the ledgers, with their ids."""
    given = prepared.given
    return counts.identify(
        work,
        answers.counts,
        counts.cohort_counts(work, given.units, given.follow_ups, plan),
        counts.sector_counts(
            work, given.follow_ups, prepared.whole_sectors, plan, by_certifier=gives_certifiers(ladder, "sector")
        ),
        settings.setting_counts(work, prepared.training, plan, ladder),
        attempts.attempt_counts(work, prepared.pooled_tries),
        stacking.stack_counts(work, prepared.stacks, ladder),
        coverage.ledger_counts(
            work,
            relation(work.con, "person_keys.coverage"),
            given.people,
            given.units,
            given.follow_ups,
            given.sitters,
        ),
    )


def _prepare(work: Scratch, plan: Plan, earlier: Earlier) -> tuple[_Prepared, Ladder]:
    """Coarsen the categories of who is counted until each is large enough."""
    credentials = relation(work.con, "person_keys.credentials")
    digits = employment.sector_digits(work, reference_series(work, "naics_sectors"))
    reporting = attempts.reporting_years(work, credentials, plan)
    given = _given(work, digits, reporting, plan)
    ladder = group_ladder(work, given.follow_ups, plan, earlier, reach.whole_horizons(work, given.reached))
    if ladder.horizons is not None:
        sectors = part_sizes(work, given.follow_ups, plan, "sector", ladder.horizons)
        walk_parts(sectors, scopes_of(ladder, labelled=False), plan, ladder, earlier, "sector")
    units, follow_ups = relabel(work, given.units, given.follow_ups, ladder)
    reached = reach.reached(work, units, given.wage_years, plan)
    enrollments = relation(work.con, "person_keys.enrollments")
    training = settings.nearest_training(work, units, given.people, enrollments, plan)
    tries = attempts.count_sittings(work, credentials, given.people, reporting, plan)
    stacks = stacking.stack(work, units, given.awards)
    stacking.walk_stacks(work, stacks, plan, ladder, earlier)
    prepared = _Prepared(
        credentials=credentials,
        reporting_years=reporting,
        training=settings.pool_settings(work, training, plan, ladder, earlier),
        tries=tries,
        pooled_tries=attempts.pool_tries(work, tries, plan, ladder, earlier),
        stacks=stacks,
        whole_sectors=employment.whole_sectors(work, digits, plan),
        given=replace(given, units=units, follow_ups=follow_ups, reached=reached),
    )
    return prepared, ladder


def _given(work: Scratch, digits: Relation, reporting: Relation, plan: Plan) -> Given:
    """Who is counted and where they are each year, with their categories as they are."""
    credentials = relation(work.con, "person_keys.credentials")
    wages, employers, states, files = (relation(work.con, f"reference_population.{name}") for name in _WAGES)
    people = cohorts.number_people(work, relation(work.con, "person_keys.learners"))
    awards = cohorts.first_awards(work, credentials, people, plan)
    units = cohorts.choose_units(work, awards, people, plan)
    years = wage_years.wage_years(work, wages, employers, states, files)
    covered, shut = wage_years.covered_years(work, years), wage_years.shut_years(work, years)
    asked_years = earnings.asked_years(work, units, covered, plan)
    person_years = earnings.sum_wages(work, wages, people, asked_years)
    factors = earnings.price_factors(work, reference_series(work, "cpi_u"), person_years, plan)
    main_employers = employment.classify_employers(work, employers, person_years, digits, plan)
    return Given(
        people=people,
        awards=awards,
        units=units,
        follow_ups=employment.follow_up(work, units, asked_years, shut, person_years, factors, main_employers, plan),
        person_years=person_years,
        price_factors=factors,
        main_employers=main_employers,
        covered_years=covered,
        asked_years=asked_years,
        shut_years=shut,
        wage_years=years,
        reached=reach.reached(work, units, years, plan),
        sitters=attempts.count_sitters(work, credentials, people, awards, reporting, plan),
        replicates=replicates_of(work, people, relation(work.con, "person_keys.person_links"), plan.replicates),
    )
