"""Deliveries as facts: which bytes were first seen under which name, when, and what their sender said of them.

``receipts.jsonl`` only grows, and is kept outside of snapshots, so that tables depend on these facts and on content alone.
Not here: what people decided (decisions.py).
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credential_pipeline.clearinghouse.raw_feeds.sidecars import NOTHING, Said
from credential_pipeline.foundation.errors import SafeError

FILE = "receipts.jsonl"
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Sight:
    """Bytes that lay in an inbox under a name for the first time.

    Attributes:
        certifier: Whose inbox.
        name: File name.
        sha256: Hash of the bytes.
        look: Number of the look at the industry's inbox; what is seen together has one number.
        file_time: The file's own time in seconds since 1970, never later than the look.
        said: What its sender said of it last.
    """

    certifier: str
    name: str
    sha256: str
    look: int
    file_time: int
    said: Said = NOTHING

    @property
    def key(self) -> tuple[str, str, str]:
        """What a fact is about."""
        return self.certifier, self.name, self.sha256


@dataclass(frozen=True)
class Sights:
    """All facts on the deliveries of one industry.

    Attributes:
        all: In the order in which they were noted, one for each name and content, with the last that was said.
        accepted: Certifier and hash of every delivery whose rows went on at some time.
        looks: How many looks there were.
        last: Certifier and file name -> hash of what lay there last under that name.
    """

    all: tuple[Sight, ...] = ()
    accepted: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    looks: int = 0
    last: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, certifier: str) -> tuple[Sight, ...]:
        """The facts on one certifier's deliveries."""
        return tuple(one for one in self.all if one.certifier == certifier)


def read_receipts(file: Path) -> dict[str, datetime]:
    """Return sha256 -> the moment (UTC) at which these bytes were first seen; empty if there is no file yet.

    Raises:
        SafeError: E_RECEIPTS if a line is unreadable.
    """
    seen: dict[str, datetime] = {}
    for receipt in _lines(file):
        seen.setdefault(receipt["sha256"], datetime.fromisoformat(receipt["received_at"]))
    return seen


def read_sights(file: Path, industry: str) -> Sights:
    """Return what is known of an industry's deliveries.

    Args:
        file: receipts.jsonl.
        industry: The partition.

    Raises:
        SafeError: E_RECEIPTS if a line is unreadable.
    """
    known: dict[tuple[str, str, str], Sight] = {}
    accepted: set[tuple[str, str]] = set()
    last: dict[tuple[str, str], str] = {}
    looks = 0
    for line in _lines(file):
        if line.get("industry") != industry:
            continue
        if line.get("accepted"):
            accepted.add((line["certifier"], line["sha256"]))
            continue
        said = Said.of(line["said"])
        sight = Sight(line["certifier"], line["name"], line["sha256"], line["look"], line["file_time"], said)
        first = known.get(sight.key, sight)
        known[sight.key] = Sight(*first.key, first.look, first.file_time, said)
        last[sight.certifier, sight.name] = sight.sha256
        looks = max(looks, sight.look)
    return Sights(tuple(known.values()), frozenset(accepted), looks, last)


def record_sights(file: Path, industry: str, sights: Iterable[Sight], now: datetime | None = None) -> int:
    """Append what is new among the facts of a look; return how many lines were.

    Args:
        file: receipts.jsonl; created, readable by its owner only, if missing.
        industry: The partition.
        sights: What lies there; a fact is new if its name, its bytes or what is said of it are, or if bytes came back.
        now: The moment to record; the current time if None.
    """
    before = read_sights(file, industry)
    known = {one.key: one.said for one in before.all}
    new = [
        one
        for one in sights
        if known.get(one.key) != one.said or before.last.get((one.certifier, one.name)) != one.sha256
    ]
    moment = _moment(now)
    # Known bytes under another name come first: a file that was renamed before another one took its place.
    there = {(one.certifier, one.sha256) for one in before.all}
    new.sort(key=lambda one: (one.certifier, one.sha256) not in there)
    lines = [
        {**vars(one), "said": one.said.plain, "industry": industry, "received_at": moment} for one in dict.fromkeys(new)
    ]
    _append(file, lines)
    return len(lines)


def record_accepted(
    file: Path, industry: str, accepted: Iterable[tuple[str, str]], now: datetime | None = None
) -> None:
    """Note whose rows went on, certifier and hash, once: such a delivery stays in force when its file is gone."""
    new = sorted(set(accepted) - read_sights(file, industry).accepted)
    common = {"industry": industry, "accepted": True, "received_at": _moment(now)}
    _append(file, [{**common, "certifier": certifier, "sha256": sha256} for certifier, sha256 in new])


def _moment(now: datetime | None) -> str:
    return (now or datetime.now(tz=UTC)).astimezone(UTC).isoformat(timespec="seconds")


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines, each looked at; a last one that a crash cut off is passed over, and the next takes its place."""
    lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            receipt = json.loads(line)
            datetime.fromisoformat(receipt["received_at"])
            if not isinstance(receipt["sha256"], str):
                raise TypeError
            if "look" in receipt:
                Said.of(receipt["said"])
        except (ValueError, KeyError, TypeError):
            if number == len(lines):
                continue
            message = f"line {number} of {file.name} is damaged; restore it from a backup"
            raise SafeError("E_RECEIPTS", message) from None
        yield receipt


def _append(file: Path, receipts: list[dict[str, Any]]) -> None:
    if not receipts:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(one, sort_keys=True) + "\n" for one in receipts)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWNER_ONLY)
    with os.fdopen(handle, "r+b") as opened:
        whole = opened.read().rfind(b"\n") + 1
        opened.truncate(whole)
        # One write of whole lines: two runs that append at once do not mix their lines.
        os.write(opened.fileno(), lines.encode())
        os.fsync(opened.fileno())
