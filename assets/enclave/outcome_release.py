"""Disclosure control over all tables at once, an attacker on the result, and the sealed release.

Heavy libraries are loaded by the step that needs them.
"""

import datetime
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets import pictures, transfer
from assets.describe import hop_asset
from assets.materialize import digest_of, materialize
from assets.resources import SideResource
from checks import gate
from checks.suites.enclave.outcome_release import RULES
from credential_pipeline.enclave.outcome_release.releases import decide, record_release
from credential_pipeline.engines.handover.agreement import release_terms, require_agreement
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION, load_recipient, load_signing_key
from credential_pipeline.engines.handover.manifest import ManifestFacts
from credential_pipeline.engines.handover.package import seal
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged


@hop_asset(
    "outcome_release",
    RULES,
    deps=["outcome_tables"],
    kinds=["highs", "scipy", "age"],
    description="Fewer than the agreed number of learners are hidden, and so is whatever would give them away.",
)
def outcome_release(context: dg.AssetExecutionContext, enclave: SideResource) -> Iterator[gate.Outcome]:
    """Protect, attack and seal the industry's outcomes."""
    name = context.partition_key

    def inputs() -> Mapping[str, str]:
        require_agreement(enclave.industry(name), enclave.date)
        return {
            "disclosure": digest_of(enclave.industry(name).disclosure.model_dump_json()),
            "recipient": load_recipient(enclave.root, ENCLAVE_TO_PUBLICATION).fingerprint,
        }

    def build(staged: Staged) -> None:
        from credential_pipeline.enclave.outcome_release.audit import audit
        from credential_pipeline.enclave.outcome_release.release import Release, publish_outcomes, stage_csv

        rules = enclave.industry(name).disclosure
        con = staged.con
        folder = enclave.root / "audit" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        made: list[Release] = []

        def protect(earlier: list[Path]) -> Path:
            made.append(publish_outcomes(con, rules.min_learners, rules.round_earnings_to, earlier=earlier))
            return stage_csv(con, folder)

        release_id, earlier = decide(enclave.root, name, protect)
        release = made[-1]
        con.execute("UPDATE outcome_release.published_outcomes SET release = ?", [release_id])
        con.execute("CREATE TABLE outcome_release.definitions AS SELECT * FROM outcome_tables.definitions")
        findings = audit(con, release, folder / "outcomes.csv", earlier)
        con.execute("CREATE TABLE outcome_release.audit_findings (kind VARCHAR, cell_id VARCHAR, role VARCHAR)")
        if findings:
            con.executemany(
                "INSERT INTO outcome_release.audit_findings VALUES (?, ?, ?)",
                [(f.kind, f.cell_id, f.role) for f in findings],
            )
        con.execute(
            "CREATE TABLE outcome_release.audit_summary AS SELECT CAST(? AS BIGINT) AS hidden_counts",
            [int(release.protection.hidden.sum())],
        )
        staged.facts |= {
            "release": release_id,
            "figures shown": release.shown,
            "figures hidden": release.suppressed,
            "earlier releases attacked with": len(earlier),
        }

    def before_publish(staged: Staged) -> None:
        industry = enclave.industry(name)
        folder = enclave.folder_of_releases(name)
        sealed = seal(
            {table.name: staged.path(table.name) for table in SNAPSHOTS["outcome_release"]},
            folder,
            ManifestFacts(
                kind="outcome_release",
                industry=name,
                agreement=release_terms(require_agreement(industry, enclave.date)),
                sealed_at=datetime.datetime.now(datetime.UTC),
            ),
            load_signing_key(enclave.root, ENCLAVE_TO_PUBLICATION),
            load_recipient(enclave.root, ENCLAVE_TO_PUBLICATION),
            before_publish=lambda manifest: record_release(
                enclave.root, name, staged.facts["release"], enclave.root / "audit" / name / "outcomes.csv"
            ),
        )
        transfer.point(folder, sealed.folder)
        staged.facts["package"] = sealed.package_id

    def describe(version: Version) -> Mapping[str, Any]:
        facts = {key: value for key, value in version.manifest.facts.items() if key != "gate_seconds"}
        with enclave.store.read(version) as con:
            return facts | {"figures by status": pictures.bars(con, _STATUS, "Figures shown, hidden and not available")}

    yield from materialize(
        context,
        enclave,
        "outcome_release",
        RULES,
        build,
        reads=["outcome_tables"],
        inputs=inputs,
        before_publish=before_publish,
        describe=describe,
        intact=lambda version: transfer.is_there(
            enclave.folder_of_releases(name), version.manifest.facts.get("package")
        ),
    )


_STATUS = """
SELECT CASE status WHEN 1 THEN 'shown' WHEN 5 THEN 'hidden' ELSE 'not available' END AS status, count(*) AS figures
FROM outcome_release.published_outcomes GROUP BY 1 ORDER BY 2 DESC
"""
