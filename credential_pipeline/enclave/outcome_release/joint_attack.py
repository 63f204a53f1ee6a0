"""The attack on a proposal that rounds: everything public, of all industries, held against it before anybody sees it.

The attacker (``attack/``) reads files; here it is told which files there are and by which rules each was made, and its judge is
given the confidential counts. Not here: the attack on exact releases (audit.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from credential_pipeline.enclave.outcome_release.attack.attacker import Released, attack
from credential_pipeline.enclave.outcome_release.attack.few_learners import Apart
from credential_pipeline.enclave.outcome_release.attack.rules import rules_of
from credential_pipeline.enclave.outcome_release.attack.truth import true_counts
from credential_pipeline.enclave.outcome_release.kept_counts import few_apart
from credential_pipeline.enclave.outcome_release.ledger import Entry
from credential_pipeline.enclave.outcome_release.print_check import check_print
from credential_pipeline.enclave.outcome_release.verdict import Attack, Line, Verdict
from credential_pipeline.engines.disclosure.rounding import DRB
from credential_pipeline.foundation.registry.profiles import Profile
from credential_pipeline.foundation.storage.engine import Connection

_FEWEST = 10
"""What stands in a certificate for up to 14 counts."""


def joint_attack(con: Connection, home: Path, released: Sequence[Entry]) -> Attack:
    """The attack that a proposal of this home has to stand.

    Args:
        con: Connection with the views ``outcome_tables.outcomes`` and ``.counts``, for the judge.
        home: Folder of the enclave.
        released: All releases of all industries, as the ledger knows them.
    """
    by_file = {home / entry.file: entry for entry in released}
    apart = {path: few_apart(con, home, entry) for path, entry in by_file.items()}
    truth = true_counts(con)

    def try_all(staged: Path, earlier: Sequence[Path], profile: Profile) -> Verdict:
        form = check_print(staged, earlier, profile)
        files = [_released(path, by_file[path], apart[path]) for path in earlier]
        found = attack(staged, files, rules_of(profile.name, profile.min_learners, profile.min_money), truth)
        left = () if found.hide else tuple((one.kind, one.cell_id, one.role) for one in found.findings)
        return Verdict(
            hide=form.hide | frozenset(found.hide),
            findings=(*form.findings, *left),
            certificate=(*form.certificate, *map(_told, found.certificate)),
            spare=frozenset(found.hide) - form.hide - {one.cell_id for one in found.findings},
        )

    return try_all


def _released(path: Path, entry: Entry, apart: Mapping[str, Apart] | None) -> Released:
    rules = rules_of(entry.profile, entry.min_learners or None, entry.min_money or None)
    return Released(path, f"{entry.industry} {entry.release}", rules, apart=apart)


def _told(line: Line) -> Line:
    """A line as readers get it: how many counts are small is a number of the confidential side, so it is told as n is."""
    rounded = int(DRB.apply(np.array([line.tried], np.int64))[0])
    return replace(line, tried=max(rounded, _FEWEST if line.tried else 0))
