"""The enclave's own persons, employers and annual wages; one version for all industries."""

from collections.abc import Mapping

from assets.digests import digest_of_files
from assets.hop import Hop, Step
from checks.suites.enclave.reference_population import RULES
from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    return {"drops": digest_of_files(step.root / "reference")}


def _build(step: Step, staged: Staged) -> None:
    load_reference_population(staged.con, step.root / "reference")


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    depends=_depends,
    description="Quarterly wages are added up to years.",
)
