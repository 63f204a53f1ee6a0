"""What lies in the inboxes: whether it is at rest, and whether it is something new, by content and not by the files' times.

Not here: the sensor that asks (automation.py), and what deliveries are worth (raw_feeds).
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assets.digests import digest_of
from credential_pipeline.clearinghouse.raw_feeds.inbox import is_delivery
from credential_pipeline.clearinghouse.raw_feeds.sidecars import is_sidecar
from credential_pipeline.foundation.storage.durable import sha256

#: A file that changed within these seconds may still be on its way, and is looked at again.
SETTLED_SECONDS = 10.0


@dataclass(frozen=True)
class Seen:
    """What a look found in the inbox of an industry.

    Attributes:
        files: Names, sizes and times, as a short hash.
        settled: The same of the files whose contents were last looked at, which takes a while.
        asked: The contents for which a run was asked, as a short hash; empty if for none.
        turn: How often a run was asked.
    """

    files: str = ""
    settled: str = ""
    asked: str = ""
    turn: int = 0

    def key(self, industry: str) -> str:
        """The run's key: a look that is repeated after a crash asks for the same run."""
        return f"{industry}-{self.turn}-{self.asked}"


def look_at(folder: Path, before: Seen, now: float | None = None) -> Seen:
    """Look at an industry's inbox; what is asked changes only where everything is at rest and some content is new.

    A file is at rest if it changed a while ago, or if nothing has changed since the look before: a file that is dated in the
    future, by its sender or a wrong clock, waits for one look and not for its day.

    Args:
        folder: The inbox.
        before: What the look before found.
        now: Seconds since 1970; the clock's if None.
    """
    paths = list(_deliveries(folder))
    facts = [(str(path.relative_to(folder)), size, moment) for path, size, moment in paths]
    files = digest_of(*(repr(fact) for fact in facts)) if facts else ""
    moment = time.time() if now is None else now
    rests = files == before.files or all(changed / 1e9 <= moment - SETTLED_SECONDS for _, _, changed in facts)
    if not facts or not rests or files == before.settled:
        return replace(before, files=files)
    asked = digest_of(*(f"{path.relative_to(folder)}\0{_content(path)}" for path, _, _ in paths))
    return Seen(files, files, asked, before.turn + (asked != before.asked))


def has_deliveries(folder: Path) -> bool:
    """Whether anything lies in an industry's inbox."""
    return any(True for _ in _deliveries(folder))


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


def _deliveries(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Deliveries and what lies beside them, with size and time, by name."""
    for path in sorted(folder.rglob("*")):
        try:
            if (is_delivery(path.name) or is_sidecar(path.name)) and path.is_file():
                facts = path.stat()
                yield path, facts.st_size, facts.st_mtime_ns
        except OSError:
            continue  # It is gone meanwhile, or nobody may look at it; the next look sees.


def _content(path: Path) -> str:
    try:
        return sha256(path)
    except OSError:
        return "unread"
