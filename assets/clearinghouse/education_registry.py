"""The clearinghouse's own persons, enrollments and degrees; one version for all industries."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import hop_asset
from assets.materialize import digest_of_files, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.clearinghouse.education_registry import RULES
from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset("education_registry", RULES, description="Names and addresses in the same standard form as the profiles.")
def education_registry(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Load the registry's drops."""
    folder = clearinghouse.root / "education"

    def build(staged: Staged) -> None:
        load_education_registry(staged.con, folder)

    yield from materialize(
        context,
        clearinghouse,
        "education_registry",
        RULES,
        build,
        inputs=lambda: {"drops": digest_of_files(folder)},
    )
