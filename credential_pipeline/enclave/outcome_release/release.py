"""The published table: what may be seen of every outcome cell, and one mark for all that may not.

A cell is shown if its n, its numerator and the rest of its n are all unsuppressed. Else it has status 5 and nothing
else, whether the count is small, empty, or hidden for the sake of another. Status -1 stays for cells for which nothing
was counted, or whose value cannot be computed from counts that could be shown. Rounding comes after suppression.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.enclave.outcome_release.changes import with_changes
from credential_pipeline.enclave.outcome_release.mark import withheld_amounts
from credential_pipeline.enclave.outcome_release.read_counts import read_system
from credential_pipeline.engines.disclosure.primary import Primary, find_primary
from credential_pipeline.engines.disclosure.protect import Protection, protect
from credential_pipeline.engines.disclosure.system import System
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.registry.profiles import PROFILES, Profile
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch
from credential_pipeline.foundation.storage.sql import statement


@dataclass(frozen=True, eq=False)
class Release:
    """What was decided on the confidential side; never leaves it.

    Attributes:
        system: All counts.
        primary: What had to be protected.
        protection: What is hidden.
    """

    system: System
    primary: Primary
    protection: Protection


def publish_outcomes(con: Connection, profile: Profile = PROFILES["one-off"], earlier: Sequence[Path] = ()) -> Release:
    """Create ``outcome_release.published_outcomes`` from the three views of ``outcome_tables``.

    Args:
        con: Connection with the views ``outcome_tables.counts``, ``.equations``, ``.outcomes`` and the schema
            ``outcome_release``.
        profile: The thresholds and the rounding of amounts, which are also cut to three significant digits.
        earlier: ``outcomes.csv`` of earlier releases of the industry; a count that changed by a few learners since then
            is protected like a small one.

    Raises:
        SafeError: The counts do not add up, or a count cannot be protected; no table is made.
    """
    counts, equations, outcomes = (
        relation(con, f"outcome_tables.{name}") for name in ("counts", "equations", "outcomes")
    )
    system = read_system(con, counts, equations, outcomes, profile.min_learners)
    primary = with_changes(con, outcomes, system, find_primary(system, profile.min_learners), earlier)
    protection = protect(system, primary)
    with scratch(con) as work:
        hidden = hidden_counts(work, system, protection)
        published = mark_cells(work, outcomes, counts, hidden, share_rests(work, system), profile)
        keep(con, SNAPSHOT, "published_outcomes", published)
    return Release(system, primary, protection)


def hidden_counts(work: Scratch, system: System, protection: Protection) -> Relation:
    """The ids (count_id) of the counts that may not be shown."""
    return work.frame("hidden", pd.DataFrame({"count_id": np.array(system.ids, object)[protection.hidden]}))


def share_rests(work: Scratch, system: System) -> Relation:
    """What is left of n where a part of it is told: n_id, part_id, rest_id."""
    rows = [(system.ids[n], system.ids[part], system.ids[rest]) for (n, part), rest in system.complement.items()]
    return work.frame("rests", pd.DataFrame(rows, columns=["n_id", "part_id", "rest_id"], dtype="object"))


def mark_cells(
    work: Scratch, outcomes: Relation, counts: Relation, hidden: Relation, rests: Relation, profile: Profile
) -> Relation:
    """The cells as they may be seen: status 1, 5 or -1, and numbers only where it is 1.

    Args:
        work: Where the rows live.
        outcomes: ``outcome_tables.outcomes``.
        counts: ``outcome_tables.counts``.
        hidden: Of :func:`hidden_counts`.
        rests: Of :func:`share_rests`.
        profile: The thresholds of amounts, and their rounding.
    """
    withheld = withheld_amounts(work, outcomes, counts, profile)
    return work.table(
        "published",
        statement(__package__, "published.sql", outcomes=outcomes, hidden=hidden, rests=rests, withheld=withheld),
        {"step": profile.round_earnings_to},
    )


def stage_csv(con: Connection, folder: Path) -> Path:
    """Write ``outcome_release.published_outcomes`` as ``outcomes.csv``, the file an attacker gets; return its path."""
    path = folder / "outcomes.csv"
    published = con.execute("SELECT * FROM outcome_release.published_outcomes ORDER BY cell_id")
    frame = published.df()
    for column in ("n", "horizon", "base_year", "status"):
        frame[column] = frame[column].astype("Int64")
    frame.to_csv(path, index=False, lineterminator="\n")
    return path
