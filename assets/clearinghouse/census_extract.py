"""The legally limited file, sealed for the enclave after its gate, with its disclosure on record."""

import datetime
from collections.abc import Mapping
from typing import Any

from assets import transfer
from assets.clearinghouse.heard import lists, refuse_what_is_stale
from assets.hop import Hop, Published, Step
from checks.suites.clearinghouse.census_extract import RULES
from credential_pipeline.clearinghouse.census_extract.build import build
from credential_pipeline.clearinghouse.census_extract.hand_over import SendingKeys, hand_over
from credential_pipeline.clearinghouse.census_extract.tokens import ensure_token_key
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import CLEARINGHOUSE_TO_ENCLAVE, load_recipient, load_signing_key
from credential_pipeline.foundation.contracts import cleaned_learners, education_registry, linked_records
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged


def _keys(step: Step) -> SendingKeys:
    agreement = require_agreement(step.industry, step.date)
    return SendingKeys(
        signing=load_signing_key(step.root, CLEARINGHOUSE_TO_ENCLAVE),
        recipient=load_recipient(step.root, CLEARINGHOUSE_TO_ENCLAVE),
        tokens=ensure_token_key(step.root, agreement.recipient),
    )


def _depends(step: Step) -> Mapping[str, str]:
    keys = _keys(step)
    # An extract that was built before something came is not up to date, even if it would be built the same.
    heard = {name: digest for name, (_, digest) in lists(step).items()}
    return {"recipient": keys.recipient.fingerprint, "token key": keys.tokens.key_id, **heard}


def _build(step: Step, staged: Staged) -> None:
    refuse_what_is_stale(step)
    build(staged.con, step.industry, step.date, _keys(step).tokens)


def _hand_over(step: Step, staged: Staged) -> None:
    refuse_what_is_stale(step)
    inbox = step.side.folder_of_extracts(step.partition)
    sealed = hand_over(
        staged.con,
        {table.name: staged.path(table.name) for table in SNAPSHOT},
        step.root,
        step.industry,
        _keys(step),
        today=step.date,
        when=datetime.datetime.now(datetime.UTC),
        inbox=inbox,
    )
    staged.facts |= {"package": sealed.package_id, "package number": sealed.manifest.number}


def _intact(step: Step, version: Version) -> bool:
    sender = load_signing_key(step.root, CLEARINGHOUSE_TO_ENCLAVE).public
    return transfer.is_newest(
        step.side.folder_of_extracts(step.partition), version.manifest.facts.get("package"), sender
    )


def _describe(published: Published) -> Mapping[str, Any]:
    return {name: published.facts.get(name, "") for name in ("package", "package number")}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[linked_records.SNAPSHOT, cleaned_learners.SNAPSHOT, education_registry.SNAPSHOT],
    after_all=[linked_records.SNAPSHOT],
    asks=("agreement",),
    depends=_depends,
    before_publish=_hand_over,
    intact=_intact,
    describe=_describe,
    kinds=["age"],
    description="Needs an agreement in force. Opt-outs are taken out at the build and looked for again at the hand-over.",
)
