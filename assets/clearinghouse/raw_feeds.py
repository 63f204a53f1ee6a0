"""Certifiers' files, read strictly; the landing folder is watched by a sensor in automation.py.

Heavy libraries are loaded by the step that needs them.
"""

import datetime
from collections.abc import Mapping

from assets.clearinghouse.heard import FEEDS, TAKEN_BACK, feeds_digest, rescissions_digest
from assets.hop import Chart, Hop, Step
from checks.suites.clearinghouse.raw_feeds import RULES
from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts, read_rescissions
from credential_pipeline.clearinghouse.raw_feeds.arrivals import Known
from credential_pipeline.clearinghouse.raw_feeds.decisions import read_decisions
from credential_pipeline.clearinghouse.raw_feeds.sights import (
    FILE,
    read_receipts,
    read_sights,
    record_accepted,
    record_sights,
)
from credential_pipeline.clearinghouse.raw_feeds.waiting import explain_missing
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    return {FEEDS: feeds_digest(step), TAKEN_BACK: rescissions_digest(step)}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.raw_feeds.blocked import compare_blocks, date_blocks
    from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds

    receipts, now = step.root / FILE, datetime.datetime.now(datetime.UTC)
    known = Known(
        sights=read_sights(receipts, step.partition),
        decisions=read_decisions(step.root, step.partition),
        now=now,
        archive=step.root / "archive",
    )
    written = staged.own_file("records")
    look = read_feeds(staged.con, step.root / "inbox", step.partition, step.registry, known, step.date, written)
    record_sights(receipts, step.partition, look.sights, now)
    record_accepted(receipts, step.partition, look.accepted, now)
    date_blocks(staged.con, read_receipts(receipts))
    rescinded = OptOuts(rescissions=read_rescissions(step.root)).rescinded_by("certifier")
    compare_blocks(staged.con, step.side.store, step.partition, rescinded)


def _explain(step: Step, staged: Staged) -> str:
    return explain_missing(staged.con, step.partition, step.certifiers)


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    asks=("certifiers",),
    depends=_depends,
    explain=_explain,
    charts={
        "accepted rows": Chart(
            "Accepted rows by certifier",
            "SELECT certifier, CAST(sum(rows_accepted) AS BIGINT) AS rows FROM raw_feeds.deliveries GROUP BY 1 ORDER BY 1",
        )
    },
    kinds=["csv"],
    description="Bad rows are set aside with a reason, never passed on or lost.",
)
