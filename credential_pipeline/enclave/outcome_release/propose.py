"""Proposes a release: figures marked by a profile, attacked with every earlier release in mind, and their id.

Not here: sealing what was proposed (hand_over.py), and the rules that judge the findings (checks/suites).
"""

import shutil
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.outcome_release.audit import exact_attack
from credential_pipeline.enclave.outcome_release.joint_attack import joint_attack
from credential_pipeline.enclave.outcome_release.kept_counts import keep_counts
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries
from credential_pipeline.enclave.outcome_release.mark import mark_figures, withheld_amounts
from credential_pipeline.enclave.outcome_release.noisy_counts import Draw, as_counted, drawer, noisy_figures
from credential_pipeline.enclave.outcome_release.print_check import check_print
from credential_pipeline.enclave.outcome_release.release import publish_outcomes
from credential_pipeline.enclave.outcome_release.releases import Binding, decide
from credential_pipeline.enclave.outcome_release.releases import keep as keep_file
from credential_pipeline.enclave.outcome_release.settling import settle
from credential_pipeline.enclave.outcome_release.steady_bands import keep_bands
from credential_pipeline.enclave.outcome_release.verdict import Attack, Verdict
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.registry.model import Disclosure
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import relation, scratch
from credential_pipeline.foundation.storage.sql import statement

NOTHING_ELSE: Final = Binding()


@dataclass(frozen=True)
class Proposal:
    """What is proposed.

    Attributes:
        entry: The release, as the ledger will know it.
        known: Hash of what was public when it was attacked.
        shown: Figures that readers will see.
        hidden: Figures that they won't.
        mended: How many of those were hidden for what an attack found.
        few_employers: How many are amounts of enough learners, whom too few employers pay or one of them nearly alone.
        earlier: How many earlier releases it was attacked with.
        approved: Version of ``outcome_release`` that is public as just this release; empty if it is new.
    """

    entry: Entry
    known: str
    shown: int
    hidden: int
    mended: int
    few_employers: int
    earlier: int
    approved: str


def staged_csv(home: Path, industry: str) -> Path:
    """The public file of what is proposed, as an attacker gets it."""
    return home / "audit" / industry / "outcomes.csv"


def propose(
    con: Connection,
    home: Path,
    industry: str,
    rules: Disclosure,
    binding: Binding = NOTHING_ELSE,
    attack: Attack | None = None,
) -> Proposal:
    """Create the tables of ``outcome_release`` and stage the public file.

    Besides the contract's tables it makes ``audit_findings``, which only the gate reads.

    Args:
        con: Connection with the views of ``outcome_tables`` and the schema ``outcome_release``.
        home: Folder of the enclave, with its ledger of releases.
        industry: The partition.
        rules: The profile, and the industry's own thresholds.
        binding: What else the release depends on.
        attack: Tried on every file that is staged; the profile's own if none is given.

    Raises:
        SafeError: The counts do not add up, a count cannot be protected, or the ledger is broken.
    """
    folder = staged_csv(home, industry).parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    profile = rules.rules()
    settled: list[tuple[Verdict, int]] = []

    def protect(earlier: list[Path]) -> Path:
        own = publish(con, profile, earlier, drawer(home, industry))
        if not profile.complementary and not profile.epsilon:
            keep_bands(con, industry, earlier)
            own = joint_attack(con, home, entries(chain(home).lines()))
        settled.append(settle(con, folder, profile, earlier, attack or own))
        return folder / "outcomes.csv"

    decision = decide(home, industry, protect, binding)
    fewest, money = profile.min_learners, profile.min_money
    entry = replace(decision.entry, profile=profile.name, min_learners=fewest, min_money=money)
    keep_file(home, entry, staged_csv(home, industry))
    entry = keep_counts(con, home, entry)
    verdict, mended = settled[-1]
    con.execute("UPDATE outcome_release.published_outcomes SET release = ?", [entry.release])
    _keep_definitions(con, profile)
    _keep_verdict(con, verdict)
    tally = "SELECT count(*) FILTER (status = 1), count(*) FILTER (status = 5) FROM outcome_release.published_outcomes"
    shown, hidden = con.execute(tally).fetchall()[0]
    few, earlier = _few_employers(con, profile), len(decision.earlier)
    return Proposal(entry, decision.known, shown, hidden, mended, few, earlier, decision.approved)


def publish(con: Connection, profile: Profile, earlier: Sequence[Path], draw: Draw = as_counted) -> Attack:
    """Create ``outcome_release.published_outcomes`` by a profile; the attack that belongs to it.

    Args:
        con: Connection with the views of ``outcome_tables`` and the schema ``outcome_release``.
        profile: The profile.
        earlier: Public files of all earlier releases.
        draw: Where noise comes from, if the profile adds any.

    Raises:
        SafeError: The counts do not add up, a count cannot be protected, or no noise can be drawn; no table is made.
    """
    if profile.complementary:
        release = publish_outcomes(con, profile, earlier)
        return exact_attack(con, release)
    outcomes, counts = relation(con, "outcome_tables.outcomes"), relation(con, "outcome_tables.counts")
    with scratch(con) as work:
        if profile.epsilon:
            published = noisy_figures(work, outcomes, counts, profile, draw)
        else:
            published = mark_figures(work, outcomes, counts, profile)
        keep(con, SNAPSHOT, "published_outcomes", published)
    return check_print


def _few_employers(con: Connection, profile: Profile) -> int:
    """Hidden amounts of enough learners, and what is made of amounts, that too few employers pay."""
    outcomes, counts = (relation(con, f"outcome_tables.{name}") for name in ("outcomes", "counts"))
    with scratch(con) as work:
        withheld = withheld_amounts(work, outcomes, counts, profile)
        query = f"SELECT count(*) FROM outcome_release.published_outcomes JOIN {withheld} USING (cell_id)"
        found = con.execute(f"{query} WHERE status = 5 AND few_employers AND NOT few_people").fetchall()
    return int(found[0][0])


def _keep_definitions(con: Connection, profile: Profile) -> None:
    """The definitions, each with a sentence on its rounding."""
    given = {name: relation(con, f"outcome_tables.{name}") for name in ("definitions", "outcomes")}
    with scratch(con) as work:
        said = work.table(
            "definitions", statement(__package__, "definitions.sql", **given), {"sentences": profile.sentences()}
        )
        keep(con, SNAPSHOT, "definitions", said)


def _keep_verdict(con: Connection, verdict: Verdict) -> None:
    con.execute("CREATE OR REPLACE TABLE outcome_release.audit_findings (kind VARCHAR, cell_id VARCHAR, role VARCHAR)")
    if verdict.findings:
        con.executemany("INSERT INTO outcome_release.audit_findings VALUES (?, ?, ?)", list(verdict.findings))
    columns = SNAPSHOT.table("certificate").schema
    with scratch(con) as work:
        keep(con, SNAPSHOT, "certificate", work.rows("lines", columns, [astuple(line) for line in verdict.certificate]))
