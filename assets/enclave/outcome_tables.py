"""The confidential outcome tables of an industry."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.enclave.outcome_tables import RULES
from credential_pipeline.enclave.outcome_tables.tabulation import tabulate
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "outcome_tables",
    RULES,
    deps=["person_keys", "reference_population"],
    description="Real dollars of one base year; every figure with its count and its definition.",
)
def outcome_tables(context: dg.AssetExecutionContext, enclave: SideResource) -> Iterator[gate.Outcome]:
    """Tabulate the industry's outcomes."""
    name = context.partition_key

    def build(staged: Staged) -> None:
        tabulate(staged.con, enclave.industry(name), enclave.registry)

    yield from materialize(
        context,
        enclave,
        "outcome_tables",
        RULES,
        build,
        reads=["person_keys", "reference_population"],
        inputs=lambda: {
            "industry": digest_of(
                enclave.industry(name).model_dump_json(exclude={"agreement", "linkage", "disclosure", "owner"})
            )
        },
    )
