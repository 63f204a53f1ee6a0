"""The package is verified before the first row is read, then opened and loaded."""

from assets.arriving import Arriving
from assets.hop import Hop, Step
from checks.suites.enclave.accepted_extract import RULES
from credential_pipeline.enclave.accepted_extract.accept import accept
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import CLEARINGHOUSE_TO_ENCLAVE
from credential_pipeline.foundation.contracts import census_extract
from credential_pipeline.foundation.contracts.accepted_extract import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged

ARRIVING = Arriving(
    link=CLEARINGHOUSE_TO_ENCLAVE,
    sent_by=census_extract.SNAPSHOT.name,
    folder=lambda step: step.side.folder_of_extracts(step.partition),
    recipient=lambda step: require_agreement(step.industry, step.date).recipient,
)


def _build(step: Step, staged: Staged) -> None:
    package = ARRIVING.package(step)
    accept(staged.con, package, ARRIVING.keys(step), step.industry, step.date, work=step.root / "opened")
    staged.facts["package"] = package.name


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    receives=census_extract.SNAPSHOT,
    asks=("agreement",),
    depends=ARRIVING.depends,
    before_publish=ARRIVING.remember,
    kinds=["age"],
    description="Refused are packages that are altered, older than the last one, meant for another recipient, or past their agreement.",
)
