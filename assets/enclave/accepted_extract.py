"""The package is verified before the first row is read, then opened and loaded."""

from collections.abc import Iterator, Mapping

import dagster as dg

from assets import transfer
from assets.describe import hop_asset
from assets.materialize import materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.enclave.accepted_extract import RULES
from credential_pipeline.enclave.accepted_extract.accept import accept
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import CLEARINGHOUSE_TO_ENCLAVE, load_identity, load_sender
from credential_pipeline.engines.handover.package import verify
from credential_pipeline.engines.handover.receive import ReceivingKeys
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "accepted_extract",
    RULES,
    deps=["census_extract"],
    kinds=["age"],
    description="Refused are packages that are altered, meant for another recipient, or past their agreement.",
)
def accepted_extract(context: dg.AssetExecutionContext, enclave: SideResource) -> Iterator[gate.Outcome]:
    """Accept the industry's package."""
    folder = enclave.folder_of_extracts(context.partition_key)

    def inputs() -> Mapping[str, str]:
        industry = enclave.industry(context.partition_key)
        agreement = require_agreement(industry, enclave.date)
        sender = load_sender(enclave.root, CLEARINGHOUSE_TO_ENCLAVE)
        package = transfer.pointed(folder, "census_extract")
        verify(package, sender, agreement.recipient, enclave.date)
        return {"package": package.name, "sender": sender.fingerprint}

    def build(staged: Staged) -> None:
        keys = ReceivingKeys(
            sender=load_sender(enclave.root, CLEARINGHOUSE_TO_ENCLAVE),
            identity=load_identity(enclave.root, CLEARINGHOUSE_TO_ENCLAVE),
        )
        package = transfer.pointed(folder, "census_extract")
        accept(
            staged.con,
            package,
            keys,
            enclave.industry(context.partition_key),
            enclave.date,
            work=enclave.root / "opened",
        )

    yield from materialize(context, enclave, "accepted_extract", RULES, build, inputs=inputs)
