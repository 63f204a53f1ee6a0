"""Whether a proposal changes so much of what is public that somebody has to say why before it can become the next release.

Figures are compared cell by cell with the last release that was not withdrawn. Not here: small changes, which could tell of single
people (changes.py), and the list of the largest ones, which reviewers see (packet.py).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.outcome_release.acts import Statement
from credential_pipeline.enclave.outcome_release.ledger import chain, files_of, last_standing
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.sql import text_of

PART: Final = 0.1
"""Part of a figure in dollars, or of a count, by which it may change."""
POINTS: Final = 0.05
"""How far a share may move."""
HELD: Final = 0.25
"""Part of the public figures that may change by more, or vanish, before a proposal is held."""
FEWEST: Final = 20
"""Figures from which on a release is judged."""


@dataclass(frozen=True)
class Revisions:
    """What a proposal changes of the last release.

    Attributes:
        release: The last release; empty if there is none.
        shown: Figures that it shows.
        gone: How many of them the proposal does not show.
        changed: How many of them changed by more than the amounts that are stated.
    """

    release: str = ""
    shown: int = 0
    gone: int = 0
    changed: int = 0

    @property
    def held(self) -> bool:
        """Whether somebody has to say why."""
        return self.shown >= FEWEST and self.gone + self.changed > HELD * self.shown

    @property
    def words(self) -> str:
        """What changed, as a sentence without its full stop."""
        return (
            f"of {self.shown:,} figures of release {self.release}, {self.changed:,} changed by more than {PART:.0%} (shares: {POINTS * 100:.0f}"
            f" percentage points) and {self.gone:,} are not shown any more"
        )


def find_revisions(con: Connection, home: Path, industry: str, release: str) -> Revisions:
    """Compare a proposal with the last release of its industry.

    Args:
        con: Connection with the view ``outcome_release.published_outcomes``.
        home: Folder of the enclave.
        industry: The partition.
        release: Id of the proposal.

    Raises:
        SafeError: ``E_RELEASE_FILE``: the file of the last release is missing or altered.
    """
    last = last_standing(chain(home).lines(), industry, but=release)
    if last is None:
        return Revisions()
    bounds = {"path": str(files_of([last], home)[0]), "part": PART, "points": POINTS}
    shown, gone, changed = con.execute(text_of(__package__, "revisions.sql"), bounds).fetchall()[0]
    return Revisions(last.release, shown, gone, changed)


def refuse_revisions(version: Version, statement: Statement, home: Path) -> None:
    """Refuse a proposal that changes much of what is public if nobody says why.

    Args:
        version: The version of ``outcome_release`` that the statement names.
        statement: What is proposed; ``revisions`` says why.
        home: Folder of the enclave.

    Raises:
        SafeError: ``E_REVISIONS``; ``E_RELEASE_FILE``: the file of the last release is missing or altered.
    """
    if statement.kind == "withdrawal" or statement.revisions.strip():
        return
    with connect(threads=1) as con:
        version.attach(con, SNAPSHOT.name, ("published_outcomes",))
        found = find_revisions(con, home, statement.industry, statement.release)
    if found.held:
        message = (
            f"Release {statement.release} of {statement.industry} is held: {found.words}. Read the largest changes in the review"
            f' packet; if they are right, propose it with --accept-revisions "why", which its approvers see.'
        )
        raise SafeError("E_REVISIONS", message)
