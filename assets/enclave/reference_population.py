"""The enclave's own persons, employers and annual wages; one version for all industries."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import hop_asset
from assets.materialize import digest_of_files, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.enclave.reference_population import RULES
from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset("reference_population", RULES, description="Quarterly wages are added up to years.")
def reference_population(context: dg.AssetExecutionContext, enclave: SideResource) -> Iterator[gate.Outcome]:
    """Load the reference drops."""
    folder = enclave.root / "reference"

    def build(staged: Staged) -> None:
        load_reference_population(staged.con, folder)

    yield from materialize(
        context,
        enclave,
        "reference_population",
        RULES,
        build,
        inputs=lambda: {"drops": digest_of_files(folder)},
    )
