"""Certifiers' files, read strictly; the landing folder is watched by a sensor in automation.py.

Heavy libraries are loaded by the step that needs them.
"""

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.clearinghouse.heard import FEEDS, TAKEN_BACK, feeds_digest, rescissions_digest
from assets.hop import Chart, Hop, Published, Step
from checks.suites.clearinghouse.raw_feeds import RULES
from credential_pipeline.clearinghouse.opt_outs.lists import OptOuts, read_rescissions
from credential_pipeline.clearinghouse.raw_feeds.archive import ARCHIVE
from credential_pipeline.clearinghouse.raw_feeds.arrivals import Known
from credential_pipeline.clearinghouse.raw_feeds.decisions import read_decisions
from credential_pipeline.clearinghouse.raw_feeds.inbox import INBOX
from credential_pipeline.clearinghouse.raw_feeds.sights import (
    FILE,
    read_receipts,
    read_sights,
    record_accepted,
    record_sights,
)
from credential_pipeline.clearinghouse.raw_feeds.waiting import explain_missing, listed
from credential_pipeline.foundation.contracts.raw_feeds import ACCEPTED, SNAPSHOT
from credential_pipeline.foundation.storage.staging import Staged


def _depends(step: Step) -> Mapping[str, str]:
    return {FEEDS: feeds_digest(step), TAKEN_BACK: rescissions_digest(step)}


def _build(step: Step, staged: Staged) -> None:
    from credential_pipeline.clearinghouse.raw_feeds.blocked import compare_blocks, date_blocks
    from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
    from credential_pipeline.clearinghouse.raw_feeds.receipts import write_receipts

    receipts, now = step.root / FILE, datetime.datetime.now(datetime.UTC)
    known = Known(
        sights=read_sights(receipts, step.partition),
        decisions=read_decisions(step.root, step.partition),
        now=now,
        archive=step.root / ARCHIVE,
    )
    written = staged.own_file("records")
    look = read_feeds(staged.con, step.root / INBOX, step.partition, step.registry, known, step.date, written)
    record_sights(receipts, step.partition, look.sights, now)
    received = read_receipts(receipts)
    date_blocks(staged.con, received)
    write_receipts(staged.con, step.root, step.partition, received)
    rescinded = OptOuts(rescissions=read_rescissions(step.root)).rescinded_by("certifier")
    compare_blocks(staged.con, step.side.store, step.partition, rescinded)


def _remember(step: Step, staged: Staged) -> None:
    """Note whose rows go on, once the gate has passed: what it keeps back was never in force."""
    query = "SELECT certifier, sha256 FROM raw_feeds.deliveries WHERE state = ?"
    accepted = staged.con.execute(query, [ACCEPTED]).fetchall()
    record_accepted(step.root / FILE, step.partition, accepted)


def _explain(step: Step, staged: Staged) -> str:
    return explain_missing(staged.con, step.partition)


def _describe(published: Published) -> Mapping[str, Any]:
    """How many deliveries there are in each state, and a table of those that wait, with the first reason of each."""
    deliveries = listed(published.con)
    states = Counter(one.state for one in deliveries)
    rows = [
        f"| {one.certifier}/{one.shown} | {one.state} | {one.rows[0]:,} | {one.why} | {one.way_out(published.step.partition)} |"
        for one in deliveries
        if one.waits
    ]
    table = "\n".join(["| delivery | state | rows | why | what to do |", "| - | - | - | - | - |", *rows])
    return {
        **{f"deliveries/{state}": number for state, number in sorted(states.items())},
        "deliveries waiting": dg.MetadataValue.md(table if rows else "None."),
    }


HOP = Hop(
    contract=SNAPSHOT,
    rules=RULES,
    build=_build,
    asks=("certifiers",),
    depends=_depends,
    explain=_explain,
    before_publish=_remember,
    describe=_describe,
    charts={
        "accepted rows": Chart(
            "Accepted rows by certifier",
            "SELECT certifier, CAST(sum(rows_accepted) AS BIGINT) AS rows FROM raw_feeds.deliveries GROUP BY 1 ORDER BY 1",
        )
    },
    kinds=["csv"],
    description="Bad rows are set aside with a reason, never passed on or lost.",
)
