"""Attack the staged files and the system itself: what is found is what the gate of the release refuses.

Two attacks, none of which uses the protector. One reads the staged public files and nothing else. The other is given
more than any reader has: every count that is not hidden, all equations and all empty groups. The confidential counts
are used only to judge: whether an interval is wide enough around the truth, and whether a finding about nobody or a
wrong guess may be passed over.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release import attacker
from credential_pipeline.enclave.outcome_release.attacker import Finding
from credential_pipeline.enclave.outcome_release.release import Release
from credential_pipeline.enclave.outcome_release.verdict import Attack, Line, Verdict
from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError
from credential_pipeline.engines.disclosure.attack_system import attack_system, too_short
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.engine import Connection

INFERRED = frozenset({"exact", "below", "narrow", "group"})


def exact_attack(con: Connection, release: Release) -> Attack:
    """The attack on a release with exact numbers; what it finds can only be refused, since hiding came before."""

    def attack_exact(staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
        del profile
        findings = audit(con, release, staged, earlier)
        hidden = int(release.protection.hidden.sum())
        line = Line(
            attack="exact numbers",
            against=f"this release and {len(earlier)} earlier ones",
            tried=hidden,
            found=len(findings),
            result="found" if findings else "held",
            note="Hidden counts were bounded by all that adds up, from the file alone and from every count that is not hidden.",
        )
        return Verdict(findings=tuple((f.kind, f.cell_id, f.role) for f in findings), certificate=(line,))

    return attack_exact


def audit(con: Connection, release: Release, staged: Path, earlier: Sequence[Path] = ()) -> list[Finding]:
    """Return all findings about a staged release.

    Args:
        con: Connection with the view ``outcome_tables.outcomes``.
        release: The confidential side of what is staged.
        staged: The staged ``outcomes.csv``.
        earlier: ``outcomes.csv`` of earlier releases.
    """
    outside = attacker.attack(
        staged, list(earlier), min_learners=release.primary.min_learners, asked=questions(con, release)
    )
    return sorted({*judge(con, release, outside), *audit_system(release)})


def questions(con: Connection, release: Release) -> pd.DataFrame:
    """Return cell_id, role, floor of the sensitive counts: how low their intervals must reach."""
    floor = release.system.value - release.primary.down
    sensitive = release.primary.sensitive
    rows = [(cell, role, int(floor[at])) for (cell, role), at in _places(con, release).items() if sensitive[at]]
    return pd.DataFrame(rows, columns=["cell_id", "role", "floor"])


def judge(con: Connection, release: Release, outside: attacker.Attack) -> list[Finding]:
    """Hold what the attacker found against the confidential counts.

    Kept is every finding, except an inferred one that is about nobody, about a count that is not sensitive, or untrue.
    Added is every sensitive count whose interval is too short (kind ``narrow``), also if the attacker could not know.
    """
    place = _places(con, release)
    value, sensitive = release.system.value, release.primary.sensitive
    kept: list[Finding] = []
    for finding in outside.findings:
        spot = place.get((finding.cell_id, finding.role))
        if finding.kind in INFERRED and spot is not None:
            true = finding.low <= value[spot] <= finding.high
            if not (true and sensitive[spot]):
                continue
        kept.append(finding)
    hidden = outside.counts[~outside.counts["seen"].astype(bool)]
    sights = outside.sightings.merge(hidden[["low", "high"]], left_on="count", right_index=True)
    for cell, role, low, high in zip(sights["cell_id"], sights["role"], sights["low"], sights["high"], strict=True):
        spot = place.get((str(cell), str(role)))
        ends = np.array([spot]), np.array([low]), np.array([high])
        if spot is not None and too_short(release.system, release.primary, *ends)[0]:
            kept.append(Finding("narrow", str(cell), str(role), float(low), float(high)))
    return kept


def audit_system(release: Release) -> list[Finding]:
    """Attack with all unhidden counts, all equations and all empty groups known; ``cell_id`` is the count's name."""
    try:
        found = attack_system(release.system, release.primary, release.protection.hidden)
    except ContradictionError:
        return [Finding("contradiction", "", "count", 0.0, 0.0)]
    return [Finding("narrow", exposed.count, "count", exposed.low, exposed.high) for exposed in found]


def _places(con: Connection, release: Release) -> dict[tuple[str, str], int]:
    """Return the variable behind each (cell, role)."""
    position, complement = release.system.position, release.system.complement
    rows = con.execute(
        "SELECT cell_id, n_count_id, numerator_count_id FROM outcome_tables.outcomes WHERE n_count_id IS NOT NULL"
    ).fetchall()
    out: dict[tuple[str, str], int] = {}
    for cell, n_id, part_id in rows:
        n = position[n_id]
        out[cell, "n"] = n
        out[cell, "part"] = position[part_id] if part_id is not None else n
        if part_id is not None and (n, position[part_id]) in complement:
            out[cell, "rest"] = complement[n, position[part_id]]
    return out
