"""What was made public, as the ledger of releases tells it; a number that was public once stays public, withdrawn or not.

Not here: what makes the ledger notice a change (foundation/storage/chain.py), and the acts that lead to a release (acts.py).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from credential_pipeline.enclave.outcome_release.acts import RELEASED, Standing, released
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain, Head, Line
from credential_pipeline.foundation.storage.durable import sha256

_LEDGER = "release_ledger.jsonl"


@dataclass(frozen=True)
class Entry:
    """One release.

    Attributes:
        release: Id of the release.
        industry: Partition.
        file: Path of the ``outcomes.csv`` that was released, relative to the enclave's folder.
        sha256: Of that file.
        binds: Hash of the words that become public with it: of the registry, and the notice.
        made_of: Of releases by older programs, a hash of what they were made of; nothing asks for it now.
        tables: Version of ``outcome_tables`` that it was made of.
        profile: The profile by which its figures were made safe, and the thresholds that held.
        min_learners: Fewest learners behind a figure.
        min_money: Fewest learners behind an amount.
        counts: SHA-256 of the file of the counts that it was made of; empty if none was kept.
    """

    release: str
    industry: str
    file: str
    sha256: str
    binds: str = ""
    made_of: str = ""
    tables: str = ""
    profile: str = "standard"
    min_learners: int = 0
    min_money: int = 0
    counts: str = ""


def chain(home: Path) -> Chain:
    """The ledger of an enclave."""
    return Chain(home, home / _LEDGER, "releases")


def entries(lines: Sequence[Line]) -> list[Entry]:
    """All releases, oldest first."""
    return [Entry(**line.facts["entry"]) for line in lines if line.kind == RELEASED]


def last_standing(lines: Sequence[Line], industry: str, but: str = "") -> Entry | None:
    """The last release of an industry that was not withdrawn; None if there is none.

    Args:
        lines: The ledger.
        industry: The partition.
        but: Id of a release that does not count.
    """
    names = [facts["statement"]["release"] for facts in released(lines, industry)]
    last = next((name for name in reversed(names) if name != but), None)
    return next((one for one in entries(lines) if (one.industry, one.release) == (industry, last)), None)


def approved_version(lines: Sequence[Line], entry: Entry) -> str:
    """The version of ``outcome_release`` whose files became public as this release; empty if it is not public."""
    told = (line.facts for line in lines if line.kind == RELEASED)
    names = [facts["statement"]["version"] for facts in told if Entry(**facts["entry"]) == entry]
    return str(names[-1]) if names else ""


def record(
    home: Path, entry: Entry, approved: Standing, number: int, when: datetime, after: Head | None = None
) -> None:
    """Add a release, before the package can be seen; nothing happens if it is there.

    Args:
        home: Folder of the enclave.
        entry: The release.
        approved: Its proposal, with the approvals.
        number: Number of the sealed package.
        when: Time of release, with time zone.
        after: Head of the ledger on which it was decided that it may be released.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, or ``E_LEDGER_MOVED``, or ``E_RELEASE_EXISTS`` if the id stands for other content.
    """
    ledger = chain(home)
    for other in entries(ledger.lines()):
        if (other.industry, other.release) == (entry.industry, entry.release):
            if other != entry:
                message = f"ledger: release {entry.release} has other content; run outcome_release again for a new id"
                raise SafeError("E_RELEASE_EXISTS", message)
            return
    by = [signed.fingerprint for signed in approved.approvals]
    facts = {"statement": vars(approved.statement), "entry": asdict(entry), "approved_by": by, "number": number}
    ledger.append(RELEASED, facts, when, after)


def files_of(released: Sequence[Entry], home: Path) -> list[Path]:
    """Return the public cell files of these releases, in their order.

    Raises:
        SafeError: ``E_RELEASE_FILE`` if a file is missing or altered.
    """
    files: list[Path] = []
    for entry in released:
        file = home / entry.file
        if not file.is_file() or sha256(file) != entry.sha256:
            raise SafeError(
                "E_RELEASE_FILE", f"release {entry.release}: its public file is missing or altered; restore it"
            )
        files.append(file)
    return files
