"""What must be destroyed, and when: things on disk with their day, their reason and their agreement.

Here are the rules that hold on every side: old versions, refused attempts, leftovers of killed runs. What an agreement or an opt-out
adds is in each side's ``retention.py``; the removal is in destruction.py.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import manifest
from credential_pipeline.foundation.storage.staging import ATTEMPT

#: Days for which an old version, a refused attempt or a file of an audit is kept if nothing asks for it to go earlier.
OLD_DAYS = 90
#: Days for which the bytes of a delivery are kept after it is gone from the inbox, if nothing asks for them to go earlier.
ARCHIVE_DAYS = 365
#: Days after which what a killed run left behind is nobody's any more.
LEFTOVER_DAYS = 1
_CURRENT = "CURRENT"


@dataclass(frozen=True)
class Due:
    """Something that must be destroyed.

    Attributes:
        what: What it is, in a few words.
        path: A file, or a folder with all that is in it.
        day: The day on which it must be gone.
        why: The reason.
        agreement: The agreement that asks for it; empty for a rule of retention.
        pointer: A file that points to it and goes first, so that no reader looks for what is gone.
    """

    what: str
    path: Path
    day: datetime.date
    why: str
    agreement: str = ""
    pointer: Path | None = None


@dataclass(frozen=True)
class Kept:
    """One version on disk.

    Attributes:
        folder: Its folder.
        day: When it was published; the folder's own day if its manifest can't be read.
        current: Whether readers are given it.
    """

    hop: str
    partition: str
    folder: Path
    day: datetime.date
    current: bool

    @property
    def label(self) -> str:
        """Whether it is old, its hop and its partition."""
        return f"{'current' if self.current else 'old'} version {self.hop}/{self.partition}"

    @property
    def pointer(self) -> Path | None:
        """What makes it the current one."""
        return self.folder.parent / _CURRENT if self.current else None


def day_of(path: Path) -> datetime.date:
    """The day (UTC) on which a file or folder was changed last."""
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date()


def versions(store: Path, hop: str) -> Iterator[Kept]:
    """Every version of a hop, in all partitions."""
    for partition in _folders(store / hop):
        try:
            current = (partition / _CURRENT).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            current = ""
        for folder in _folders(partition):
            try:
                day = datetime.datetime.fromisoformat(manifest.load(folder).published_at).date()
            except (SafeError, ValueError):
                day = day_of(folder)
            yield Kept(hop, partition.name, folder, day, folder.name == current)


def old_versions(store: Path, hop: str, rule: Callable[[Kept], Due | None]) -> Iterator[Due]:
    """Old versions of a hop and its refused attempts.

    Args:
        store: The side's store.
        hop: The hop.
        rule: What asks for a version to go before its time; None if nothing does.
    """
    for kept in versions(store, hop):
        asked = rule(kept)
        if asked is not None:
            yield asked
        elif not kept.current:
            yield Due(kept.label, kept.folder, later(kept.day, OLD_DAYS), f"{OLD_DAYS} days old")
    for partition in _folders(store / hop):
        for attempt in sorted((partition / ATTEMPT).glob("*")):
            kept = Kept(hop, partition.name, attempt, day_of(attempt), current=False)
            what, day = f"refused attempt {hop}/{partition.name}", later(kept.day, OLD_DAYS)
            yield rule(kept) or Due(what, attempt, day, f"{OLD_DAYS} days old")


def leftovers(home: Path) -> Iterator[Due]:
    """What killed runs left behind: half-written versions and packages, plaintext of packages, what the engine spilled."""
    patterns = {
        "half-written version": "store/*/*/.staging-*",
        "half-written package": "outbox/*/.part-*",
        "half-written return files": "partners/*/returns/*/.part-*",
        "opened package": "opened/.opened-*",
        "spilled rows": "spill/*",
        "half-written preview": ".preview-*",
        "half-sealed release": ".sealing-*",
    }
    for what, pattern in patterns.items():
        for path in sorted(home.glob(pattern)):
            yield Due(what, path, later(day_of(path), LEFTOVER_DAYS), "left behind by a run that was killed")


def fault_log(home: Path, newest: datetime.date | None) -> Iterator[Due]:
    """The locked log of faults, which may quote values of people.

    Args:
        home: Folder of the side.
        newest: Day of an extract since which nothing of before may be kept; None for the rule of retention.
    """
    log = home / "vault.log"
    if log.is_file() and newest is not None and day_of(log) <= newest:
        yield Due("log of faults", log, newest, f"it may quote what was delivered before the extract of {newest}")
    elif log.is_file():
        yield from aged("log of faults", iter([log]), OLD_DAYS)


def aged(what: str, paths: Iterator[Path], days: int) -> Iterator[Due]:
    """Files and folders that go a number of days after they were written."""
    for path in paths:
        yield Due(what, path, later(day_of(path), days), f"{days} days old")


def later(day: datetime.date, days: int) -> datetime.date:
    """A day some days later."""
    return day + datetime.timedelta(days=days)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
