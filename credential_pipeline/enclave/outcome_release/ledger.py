"""The ledger of releases: one JSON line per release, each holding the hash of the line before.

A number that was public once stays public, so the ledger only grows; a changed, removed or reordered line breaks the
chain. The same content keeps its first entry however often it is published again.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError

START = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One release.

    Attributes:
        release: Id of the release.
        industry: Partition.
        file: Path of the public ``outcomes.csv``, relative to the public folder.
        sha256: Of that file.
        released_at: UTC, ISO 8601.
        previous: ``hash`` of the entry before, zeros for the first.
        hash: SHA-256 over all the above.
    """

    release: str
    industry: str
    file: str
    sha256: str
    released_at: str
    previous: str
    hash: str


def read_ledger(path: Path) -> list[Entry]:
    """Return all entries, oldest first; an absent ledger is empty.

    Raises:
        SafeError: ``E_LEDGER`` if a line is damaged or the chain is broken.
    """
    entries: list[Entry] = []
    previous = START
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            entry = Entry(**json.loads(line))
        except (TypeError, ValueError):
            raise _broken(number) from None
        if entry.previous != previous or entry.hash != _digest(entry):
            raise _broken(number)
        previous = entry.hash
        entries.append(entry)
    return entries


def record(path: Path, release: str, industry: str, cells: Path, root: Path, now: datetime) -> Entry:
    """Add a release and return its entry; content that is there already keeps its entry and nothing is written.

    Args:
        path: The ledger.
        release: Id of the release.
        industry: Partition.
        cells: The public ``outcomes.csv``, below ``root``.
        root: The public folder.
        now: Time of release, with time zone.

    Raises:
        SafeError: ``E_LEDGER`` if the ledger is damaged, ``E_RELEASE_EXISTS`` if the id stands for other content.
    """
    entries = read_ledger(path)
    sha256 = hashlib.sha256(cells.read_bytes()).hexdigest()
    for entry in entries:
        if entry.industry == industry and entry.sha256 == sha256:
            return entry
        if entry.industry == industry and entry.release == release:
            raise SafeError("E_RELEASE_EXISTS", f"ledger: release {release} has other content; choose a new release id")
    file = cells.relative_to(root).as_posix()
    previous = entries[-1].hash if entries else START
    draft = Entry(release, industry, file, sha256, now.isoformat(timespec="seconds"), previous, "")
    entry = Entry(**{**asdict(draft), "hash": _digest(draft)})
    _replace(path, [*entries, entry])
    return entry


def files_of(entries: Sequence[Entry], root: Path) -> list[Path]:
    """Return the public cell files of these releases, in their order.

    Raises:
        SafeError: ``E_RELEASE_FILE`` if a file is missing or altered.
    """
    files: list[Path] = []
    for entry in entries:
        file = root / entry.file
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != entry.sha256:
            raise SafeError(
                "E_RELEASE_FILE", f"release {entry.release}: its public file is missing or altered; restore it"
            )
        files.append(file)
    return files


def _digest(entry: Entry) -> str:
    """Hash an entry without its own hash."""
    content = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _replace(path: Path, entries: list[Entry]) -> None:
    """Write the ledger beside and swap it in, so that a crash leaves the old or the new one."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(asdict(entry), sort_keys=True) + "\n" for entry in entries)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _broken(number: int) -> SafeError:
    return SafeError("E_LEDGER", f"ledger: line {number} is damaged or was changed; restore the ledger from its copy")
