"""The confidential outcome tables of an industry."""

from assets.hop import Hop, Step
from checks.suites.enclave.outcome_tables import RULES
from credential_pipeline.enclave.outcome_tables.plan import plan_for
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.contracts import person_keys, reference_population
from credential_pipeline.foundation.contracts.outcome_tables import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _build(step: Step, staged: Staged) -> None:
    tabulate(staged.con, plan_for(step.industry, step.registry))


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
        "disclosure",
    ),
    description="Real dollars of one base year; every figure with its count and its definition.",
)
