"""The ledger of releases: what was made public, with the hash of its file; it only grows.

A number that was public once stays public. The same content keeps its first entry however often it is published again. Not
here: what makes the ledger notice a change (foundation/storage/chain.py).
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain


@dataclass(frozen=True)
class Entry:
    """One release.

    Attributes:
        release: Id of the release.
        industry: Partition.
        file: Path of the ``outcomes.csv`` that was released, relative to the enclave's folder.
        sha256: Of that file.
    """

    release: str
    industry: str
    file: str
    sha256: str


def chain(path: Path) -> Chain:
    """The ledger of the enclave whose folder holds it."""
    return Chain(path.parent, path, "releases")


def read_ledger(path: Path) -> list[Entry]:
    """Return all entries, oldest first; the ledger of an enclave that released nothing yet is empty.

    Raises:
        SafeError: ``E_LEDGER_BROKEN`` if it was changed, shortened or lost.
    """
    return [Entry(**line.facts) for line in chain(path).lines()]


def record(path: Path, release: str, industry: str, cells: Path, root: Path, now: datetime) -> Entry:
    """Add a release and return its entry; content that is there already keeps its entry and nothing is written.

    Args:
        path: The ledger.
        release: Id of the release.
        industry: Partition.
        cells: The public ``outcomes.csv``, below ``root``.
        root: The enclave's folder.
        now: Time of release, with time zone.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, or ``E_RELEASE_EXISTS`` if the id stands for other content.
    """
    sha256 = hashlib.sha256(cells.read_bytes()).hexdigest()
    for entry in read_ledger(path):
        if entry.industry == industry and entry.sha256 == sha256:
            return entry
        if entry.industry == industry and entry.release == release:
            raise SafeError("E_RELEASE_EXISTS", f"ledger: release {release} has other content; choose a new release id")
    entry = Entry(release, industry, cells.relative_to(root).as_posix(), sha256)
    chain(path).append("released", asdict(entry), now)
    return entry


def earlier_files(path: Path, industry: str, root: Path, but: str | None = None) -> list[Path]:
    """Return the public cell files of an industry, oldest first, except those of release ``but``.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, ``E_RELEASE_FILE`` if a file is missing or altered.
    """
    files: list[Path] = []
    for entry in read_ledger(path):
        if entry.industry != industry or entry.release == but:
            continue
        file = root / entry.file
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != entry.sha256:
            raise SafeError(
                "E_RELEASE_FILE", f"release {entry.release}: its public file is missing or altered; restore it"
            )
        files.append(file)
    return files
