"""Recipes of the registry turn feed rows into profiles and credential events."""

from assets.hop import Hop, Step
from checks.suites.clearinghouse.cleaned_learners import RULES
from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.foundation.contracts import raw_feeds
from credential_pipeline.foundation.contracts.cleaned_learners import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _build(step: Step, staged: Staged) -> None:
    clean(staged.con, step.partition, step.registry)


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[raw_feeds.SNAPSHOT],
    asks=("certifiers",),
    description="One row per distinct standardized identity.",
)
