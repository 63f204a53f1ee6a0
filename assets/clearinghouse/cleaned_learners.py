"""Recipes of the registry turn feed rows into profiles and credential events."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.clearinghouse.cleaned_learners import RULES
from credential_pipeline.clearinghouse.cleaned_learners.clean import clean
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset("cleaned_learners", RULES, deps=["raw_feeds"], description="One row per distinct standardised identity.")
def cleaned_learners(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Clean the industry's feed rows."""
    name = context.partition_key

    def build(staged: Staged) -> None:
        clean(staged.con, name, clearinghouse.registry)

    yield from materialize(
        context,
        clearinghouse,
        "cleaned_learners",
        RULES,
        build,
        reads=["raw_feeds"],
        inputs=lambda: {
            "certifiers": digest_of(*(c.model_dump_json() for c in clearinghouse.registry.certifiers_of(name)))
        },
    )
