"""Certifiers' files, read strictly; the landing folder is watched by a sensor in automation.py."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import pictures
from assets.describe import hop_asset
from assets.materialize import digest_of, digest_of_files, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.clearinghouse.raw_feeds import RULES
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS
from credential_pipeline.clearinghouse.raw_feeds.receipts import record_receipts
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "raw_feeds", RULES, kinds=["csv"], description="Bad rows are set aside with a reason, never passed on or lost."
)
def raw_feeds(context: dg.AssetExecutionContext, clearinghouse: SideResource) -> Iterator[gate.Outcome]:
    """Read every delivery of the industry's certifiers."""
    name = context.partition_key
    inbox = clearinghouse.root / "inbox"

    def inputs() -> Mapping[str, str]:
        registry = clearinghouse.registry
        layouts = [certifier.model_dump_json() for certifier in registry.certifiers_of(name)]
        return {"feeds": digest_of_files(inbox / name), "certifiers": digest_of(*layouts)}

    def build(staged: Staged) -> None:
        archive = clearinghouse.root / "archive"
        read_feeds(staged.con, inbox, name, clearinghouse.registry, archive, clearinghouse.date)
        rows = staged.con.execute("SELECT DISTINCT sha256 FROM raw_feeds.deliveries ORDER BY 1").fetchall()
        record_receipts(clearinghouse.root / "receipts.jsonl", [digest for (digest,) in rows])

    def describe(version: Version) -> Mapping[str, Any]:
        query = "SELECT certifier, CAST(sum(rows_accepted) AS BIGINT) AS rows FROM raw_feeds.deliveries GROUP BY 1 ORDER BY 1"
        with clearinghouse.store.read(version) as con:
            return {"accepted rows": pictures.bars(con, query, "Accepted rows by certifier")}

    def explain(staged: Staged) -> str:
        refused = staged.con.execute(
            "SELECT certifier, delivery, reason_code FROM raw_feeds.deliveries WHERE state = 'refused' ORDER BY ALL"
        ).fetchall()
        declared = {
            item.certifier: ", ".join(item.source_columns) for item in clearinghouse.registry.certifiers_of(name)
        }
        return " ".join(
            f"inbox/{name}/{certifier}/{delivery}: {REASONS[code]} [{code}]"
            + (f" Declared are: {declared[certifier]}." if code == "E_HEADER" else "")
            for certifier, delivery, code in refused
        )

    yield from materialize(
        context, clearinghouse, "raw_feeds", RULES, build, inputs=inputs, describe=describe, explain=explain
    )
