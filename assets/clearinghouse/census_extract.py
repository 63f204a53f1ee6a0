"""The legally limited file, sealed for the enclave after its gate, with its disclosure on record."""

import datetime
from collections.abc import Iterator, Mapping

import dagster as dg

from assets import transfer
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.clearinghouse.census_extract import RULES
from credential_pipeline.clearinghouse.census_extract.build import build as build_extract
from credential_pipeline.clearinghouse.census_extract.hand_over import SendingKeys, hand_over
from credential_pipeline.clearinghouse.census_extract.tokens import ensure_token_key
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import CLEARINGHOUSE_TO_ENCLAVE, load_recipient, load_signing_key
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "census_extract",
    RULES,
    deps=["linked_records", "cleaned_learners", "education_registry"],
    kinds=["age"],
    description="Needs an agreement in force. Opt-outs are taken out at the build and looked for again at the hand-over.",
)
def census_extract(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Build and hand over the industry's extract."""
    name = context.partition_key

    def keys() -> SendingKeys:
        agreement = require_agreement(clearinghouse.industry(name), clearinghouse.date)
        return SendingKeys(
            signing=load_signing_key(clearinghouse.root, CLEARINGHOUSE_TO_ENCLAVE),
            recipient=load_recipient(clearinghouse.root, CLEARINGHOUSE_TO_ENCLAVE),
            tokens=ensure_token_key(clearinghouse.root, agreement.recipient),
        )

    def inputs() -> Mapping[str, str]:
        agreement = require_agreement(clearinghouse.industry(name), clearinghouse.date)
        held = keys()
        return {
            "agreement": digest_of(repr(agreement)),
            "recipient": held.recipient.fingerprint,
            "token key": held.tokens.key_id,
        }

    def build(staged: Staged) -> None:
        build_extract(staged.con, clearinghouse.industry(name), clearinghouse.date, keys().tokens)

    def before_publish(staged: Staged) -> None:
        folder = clearinghouse.folder_of_extracts(name)
        files = {table.name: staged.path(table.name) for table in SNAPSHOTS["census_extract"]}
        sealed = hand_over(
            staged.con,
            files,
            clearinghouse.root,
            clearinghouse.industry(name),
            keys(),
            today=clearinghouse.date,
            when=datetime.datetime.now(datetime.UTC),
            inbox=folder,
        )
        transfer.point(folder, folder / sealed.package_id)
        staged.facts["package"] = sealed.package_id

    yield from materialize(
        context,
        clearinghouse,
        "census_extract",
        RULES,
        build,
        reads=["linked_records", "cleaned_learners", "education_registry"],
        inputs=inputs,
        before_publish=before_publish,
        intact=lambda version: transfer.is_there(
            clearinghouse.folder_of_extracts(name), version.manifest.facts.get("package")
        ),
        describe=lambda version: {"package": version.manifest.facts.get("package", "")},
    )
