"""Disclosure control over all tables at once, an attacker on the result, and the sealed release.

Heavy libraries are loaded by the step that needs them.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from assets import transfer
from assets.hop import Chart, Hop, Published, Step
from checks.suites.enclave.outcome_release import RULES
from credential_pipeline.engines.handover.agreement import require_agreement
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION, load_recipient, load_signing_key
from credential_pipeline.foundation.contracts import outcome_tables
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged

_STATUS = """
SELECT CASE status WHEN 1 THEN 'shown' WHEN 5 THEN 'hidden' ELSE 'not available' END AS status, count(*) AS figures
FROM outcome_release.published_outcomes GROUP BY 1 ORDER BY 2 DESC
"""


def _depends(step: Step) -> Mapping[str, str]:
    require_agreement(step.industry, step.date)
    return {"recipient": load_recipient(step.root, ENCLAVE_TO_PUBLICATION).fingerprint}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.enclave.outcome_release.propose import propose

    proposal = propose(staged.con, step.root, step.partition, step.industry.disclosure)
    staged.facts |= {
        "release": proposal.release,
        "figures shown": proposal.shown,
        "figures hidden": proposal.hidden,
        "earlier releases attacked with": proposal.earlier,
    }


def _hand_over(step: Step, staged: Staged) -> None:
    from credential_pipeline.enclave.outcome_release.hand_over import hand_over

    outbox = step.side.folder_of_releases(step.partition)
    sealed = hand_over(
        {table.name: staged.path(table.name) for table in SNAPSHOT},
        step.root,
        step.industry,
        staged.facts["release"],
        today=step.date,
        when=datetime.datetime.now(datetime.UTC),
        outbox=outbox,
    )
    staged.facts |= {"package": sealed.package_id, "package number": sealed.manifest.number}


def _intact(step: Step, version: Version) -> bool:
    sender = load_signing_key(step.root, ENCLAVE_TO_PUBLICATION).public
    return transfer.is_newest(
        step.side.folder_of_releases(step.partition), version.manifest.facts.get("package"), sender
    )


def _describe(published: Published) -> Mapping[str, Any]:
    return {key: value for key, value in published.facts.items() if key != "gate_seconds"}


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    reads=[outcome_tables.SNAPSHOT],
    asks=("agreement", "disclosure"),
    depends=_depends,
    before_publish=_hand_over,
    intact=_intact,
    describe=_describe,
    charts={"figures by status": Chart("Figures shown, hidden and not available", _STATUS)},
    kinds=["highs", "scipy", "age"],
    description="Fewer than the agreed number of learners are hidden, and so is whatever would give them away.",
)
