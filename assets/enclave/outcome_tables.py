"""The confidential outcome tables of an industry."""

from collections.abc import Mapping

from assets import environment
from assets.hop import Hop, Step
from checks.suites.enclave.outcome_tables import RULES
from credential_pipeline.enclave.outcome_release.releases import last_release
from credential_pipeline.enclave.outcome_tables.plan import plan_for
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.enclave.outcome_tables.wage_states import refuse_uncovered
from credential_pipeline.foundation.contracts import person_keys, reference_population
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.registry.agreements import covered_states
from credential_pipeline.foundation.storage.staging import Staged

_CATEGORIES = "categories of"
#: Arrays of people take twice the memory that is left to the engine.
_PARTS = 3


def _depends(step: Step) -> Mapping[str, str]:
    """The last release, whose categories are kept where they can be; tables that it was made of keep what they depend on."""
    last = last_release(step.root, step.partition)
    current = step.side.store.readable(SNAPSHOT, step.partition)
    if last is not None and current is not None and current.name == last.tables:
        return {_CATEGORIES: current.manifest.inputs.get(_CATEGORIES, last.release)}
    return {_CATEGORIES: last.release if last is not None else "no release"}


def _build(step: Step, staged: Staged) -> None:
    refuse_uncovered(staged.con, covered_states(step.side.registry.wage_agreements, step.date))
    last = last_release(step.root, step.partition)
    staged.con.execute("SET memory_limit = ?", [environment.memory_limit(_PARTS)])
    tabulate(staged.con, plan_for(step.industry, step.registry), step.root / last.file if last is not None else None)
    staged.con.execute("SET memory_limit = ?", [environment.memory_limit()])


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[person_keys.SNAPSHOT, reference_population.SNAPSHOT],
    asks=(
        "naics",
        "certifiers",
        "cohorts",
        "attribution",
        "horizons",
        "base_year",
        "age_bands",
        "training_window_days",
        "outcomes",
        "programmes",
        "disclosure",
    ),
    depends=_depends,
    description="Real dollars of one base year; every figure with its count and its definition.",
)
