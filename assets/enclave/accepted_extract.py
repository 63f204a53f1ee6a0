"""The package is verified before the first row is read, then opened and loaded."""

from collections.abc import Mapping

from assets import transfer
from assets.hop import Hop, Step
from checks.suites.enclave.accepted_extract import RULES
from credential_pipeline.enclave.accepted_extract.accept import accept
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import CLEARINGHOUSE_TO_ENCLAVE, load_identity, load_sender
from credential_pipeline.engines.handover.package import verify
from credential_pipeline.engines.handover.receive import ReceivingKeys
from credential_pipeline.foundation.contracts import census_extract
from credential_pipeline.foundation.contracts.accepted_extract import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    agreement = require_agreement(step.industry, step.date)
    sender = load_sender(step.root, CLEARINGHOUSE_TO_ENCLAVE)
    package = transfer.pointed(step.side.folder_of_extracts(step.partition), "census_extract")
    verify(package, sender, agreement.recipient, step.date)
    return {"package": package.name, "sender": sender.fingerprint}


def _build(step: Step, staged: Staged) -> None:
    keys = ReceivingKeys(
        sender=load_sender(step.root, CLEARINGHOUSE_TO_ENCLAVE),
        identity=load_identity(step.root, CLEARINGHOUSE_TO_ENCLAVE),
    )
    package = transfer.pointed(step.side.folder_of_extracts(step.partition), "census_extract")
    accept(staged.con, package, keys, step.industry, step.date, work=step.root / "opened")


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    receives=census_extract.SNAPSHOT,
    asks=("agreement",),
    depends=_depends,
    kinds=["age"],
    description="Refused are packages that are altered, meant for another recipient, or past their agreement.",
)
