"""What lies in the inboxes: what of it is at rest, and whether that is something new, by content and not by the files' times.

Not here: the sensor that asks (automation.py), and what deliveries are worth (raw_feeds).
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assets.digests import digest_of
from credential_pipeline.clearinghouse.raw_feeds.inbox import is_delivery, may_be_read
from credential_pipeline.clearinghouse.raw_feeds.reading.blocks import MEGABYTE
from credential_pipeline.clearinghouse.raw_feeds.sidecars import is_sidecar
from credential_pipeline.foundation.storage.durable import sha256

#: A file that changed within these seconds may still be on its way, and is looked at again.
SETTLED_SECONDS = 10.0
_LARGEST = 4096
"""Megabytes above which no YAML lets a file be read."""
_SIGNS = 10
"""Hex digits by which files are remembered; the cursor is kept with every look."""


@dataclass(frozen=True)
class Seen:
    """What a look found in the inbox of an industry.

    Attributes:
        moving: Files that had changed just before, with their size and time; as short hashes, like all that is kept of files.
        contents: Files that were taken, with their contents.
        settled: Names, sizes and times of those files, which tell whether contents must be looked at again.
        asked: The contents for which a run was asked; empty if for none.
        turn: How often a run was asked.
    """

    moving: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, str] = field(default_factory=dict)
    settled: str = ""
    asked: str = ""
    turn: int = 0

    def key(self, industry: str) -> str:
        """The run's key: a look that is repeated after a crash asks for the same run."""
        return f"{industry}-{self.turn}-{self.asked}"


@dataclass(frozen=True)
class _File:
    """A file of the inbox as it is remembered.

    Attributes:
        path: The file.
        name: Its name within the inbox, which may be no text, as a short hash.
        facts: Its size, the times of its content and of its entry, and its place on the disk.
        whole: Its content counts, and not only that it is there.
    """

    path: Path
    name: str
    facts: tuple[int, int, int, int]
    whole: bool

    @property
    def told(self) -> str:
        """Size and times, which tell whether it is still the same."""
        return _short(repr(self.facts))

    def content(self, most: int) -> str:
        """Its content as a short hash; its size if intake refuses it unread for that, a word if nobody reads it."""
        size = self.facts[0]
        if not self.whole:
            return "name"
        if size > most:
            return _short(f"{size}")
        try:
            return _hash(self.path, self.facts)[:_SIGNS]
        except OSError:
            return "unread"


def look_at(folder: Path, before: Seen, limits: Mapping[str, int] | None = None, now: float | None = None) -> Seen:
    """Look at an industry's inbox; what is asked changes only where some content is new of what is at rest.

    A file is at rest if it changed a while ago, or if it is as at the look before: one that is dated in the future, by its sender or
    a wrong clock, waits for one look and not for its day. One that moves waits alone, and stands for what it was until it rests.

    Args:
        folder: The inbox.
        before: What the look before found.
        limits: Certifier -> megabytes above which intake refuses its files unread; 4096 for others.
        now: Seconds since 1970; the clock's if None.
    """
    files = list(_files(folder))
    moment = time.time() if now is None else now
    moving = {one.name: one.told for one in files if one.whole and one.facts[1] / 1e9 > moment - SETTLED_SECONDS}
    resting = [one for one in files if moving.get(one.name) in {None, before.moving.get(one.name)}]
    waiting = {one.name for one in files}.difference(one.name for one in resting)
    known = {name: content for name, content in before.contents.items() if name in waiting}
    settled = digest_of(*(f"{one.name} {one.told if one.whole else ''}" for one in resting), *sorted(known))
    if not resting or settled == before.settled:
        return replace(before, moving=moving)
    contents = known | {one.name: one.content(_most(one.path, folder, limits or {})) for one in resting}
    asked = digest_of(*(f"{name} {content}" for name, content in sorted(contents.items())))
    return Seen(moving, contents, settled, asked, before.turn + (asked != before.asked))


def has_deliveries(folder: Path) -> bool:
    """Whether anything lies in an industry's inbox."""
    return any(True for _ in _files(folder))


def read_cursor(cursor: str | None) -> Mapping[str, Seen]:
    """What was found before; nothing if the cursor is empty or of another program."""
    try:
        plain: dict[str, Any] = json.loads(cursor or "{}")
        return {name: Seen(**seen) for name, seen in plain.items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_cursor(seen: Mapping[str, Seen]) -> str:
    """What is to be remembered."""
    return json.dumps({name: vars(one) for name, one in sorted(seen.items())})


def _files(folder: Path) -> Iterator[_File]:
    """Deliveries and what lies beside them, by name."""
    for path in sorted(folder.rglob("*")):
        try:
            if (is_delivery(path.name) or is_sidecar(path.name)) and path.is_file():
                facts = path.stat()
                name = hashlib.sha256(os.fsencode(path.relative_to(folder))).hexdigest()[:_SIGNS]
                within = not path.is_symlink() or path.resolve().is_relative_to(folder.parent.resolve())
                whole = within and (is_sidecar(path.name) or may_be_read(path.name))
                yield _File(path, name, (facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino), whole)
        except (OSError, RuntimeError):
            continue  # It is gone meanwhile, or nobody may look at it; the next look sees.


def _most(path: Path, folder: Path, limits: Mapping[str, int]) -> int:
    """Bytes up to which the content of a file counts."""
    return limits.get(path.relative_to(folder).parts[0], _LARGEST) * MEGABYTE


@lru_cache(maxsize=65_536)
def _hash(path: Path, facts: tuple[int, int, int, int]) -> str:
    """Hash of a file, once for as long as size, times and place on the disk stay as they are."""
    del facts
    return sha256(path)


def _short(text: str) -> str:
    return digest_of(text)[:_SIGNS]
