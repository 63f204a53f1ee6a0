"""Proposes a release: figures protected with every earlier release in mind, their id, and what an attacker finds.

Not here: sealing what was proposed (hand_over.py), and the rules that judge the findings (checks/suites).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.enclave.outcome_release.attacker import Finding
from credential_pipeline.enclave.outcome_release.audit import audit
from credential_pipeline.enclave.outcome_release.release import Release, publish_outcomes, stage_csv
from credential_pipeline.enclave.outcome_release.releases import decide
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.storage.engine import Connection


@dataclass(frozen=True)
class Proposal:
    """What is proposed.

    Attributes:
        release: Id of the release.
        shown: Figures that readers will see.
        hidden: Figures that they won't.
        earlier: How many earlier releases it was attacked with.
    """

    release: str
    shown: int
    hidden: int
    earlier: int


def staged_csv(home: Path, industry: str) -> Path:
    """The public file of what is proposed, as an attacker gets it."""
    return home / "audit" / industry / "outcomes.csv"


def propose(con: Connection, home: Path, industry: str, rules: Disclosure) -> Proposal:
    """Create the tables of ``outcome_release`` and stage the public file.

    Besides the contract's tables it makes ``audit_findings`` and ``audit_summary``, which only the gate reads.

    Args:
        con: Connection with the views of ``outcome_tables`` and the schema ``outcome_release``.
        home: Folder of the enclave, with its ledger of releases.
        industry: The partition.
        rules: The smallest number of learners, and the rounding.

    Raises:
        SafeError: The counts do not add up, a count cannot be protected, or the ledger is broken.
    """
    folder = staged_csv(home, industry).parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    made: list[Release] = []

    def protect(earlier: list[Path]) -> Path:
        made.append(publish_outcomes(con, rules.min_learners, rules.round_earnings_to, earlier=earlier))
        return stage_csv(con, folder)

    release_id, earlier = decide(home, industry, protect)
    release = made[-1]
    con.execute("UPDATE outcome_release.published_outcomes SET release = ?", [release_id])
    con.execute("CREATE TABLE outcome_release.definitions AS SELECT * FROM outcome_tables.definitions")
    _keep_findings(con, audit(con, release, staged_csv(home, industry), earlier), release)
    return Proposal(release_id, release.shown, release.suppressed, len(earlier))


def _keep_findings(con: Connection, findings: list[Finding], release: Release) -> None:
    con.execute("CREATE TABLE outcome_release.audit_findings (kind VARCHAR, cell_id VARCHAR, role VARCHAR)")
    if findings:
        rows = [(finding.kind, finding.cell_id, finding.role) for finding in findings]
        con.executemany("INSERT INTO outcome_release.audit_findings VALUES (?, ?, ?)", rows)
    hidden = int(release.protection.hidden.sum())
    con.execute("CREATE TABLE outcome_release.audit_summary AS SELECT CAST(? AS BIGINT) AS hidden_counts", [hidden])
