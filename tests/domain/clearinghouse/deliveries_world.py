"""A certifier whose inbox is looked at again and again, with a memory in between, as the hop does it."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Known
from credential_pipeline.clearinghouse.raw_feeds.decisions import Decision
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.clearinghouse.raw_feeds.receipts import write_receipts
from credential_pipeline.clearinghouse.raw_feeds.sights import (
    read_receipts,
    read_sights,
    record_accepted,
    record_sights,
)
from credential_pipeline.clearinghouse.raw_feeds.waiting import listed, with_reasons
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.engine import connect

TODAY = date(2020, 1, 1)
HEADER = "Id,First,Last,Born,Code,Day,Block"
ACME: dict[str, Any] = {
    "certifier": "acme",
    "name": "Acme Board",
    "columns": {
        "record_id": {"from": "Id", "recipe": ["trim"]},
        "first_name": {"from": "First", "recipe": ["trim", "null_placeholders"]},
        "last_name": {"from": "Last", "recipe": ["trim", "null_placeholders"]},
        "birth_date": {"from": "Born", "recipe": [{"parse_date": "%m/%d/%Y"}, "null_placeholder_dates"]},
        "credential_code": {"from": "Code", "recipe": ["trim", "upper"]},
        "event_date": {"from": "Day", "recipe": [{"parse_date": "%m/%d/%Y"}]},
        "block_flag": {"from": "Block", "recipe": [{"map": {"Y": "Y", "N": "N", "*": "Y"}}]},
    },
}
_FIRST = ("Ann", "Bob", "Carol", "Dan", "Eve", "Frank", "Grace", "Hugo", "Ida", "Jack", "Kim", "Leo")
_LAST = (
    "Adams",
    "Baker",
    "Clark",
    "Davis",
    "Evans",
    "Ford",
    "Gray",
    "Hill",
    "Irwin",
    "Jones",
    "King",
    "Lewis",
    "Moore",
)


def row(number: int, **changes: str) -> str:
    """A good row; the same number gives the same row."""
    values = {
        "id": f"R{number}",
        "first": _FIRST[number % 12],
        "last": _LAST[number % 13],
        "born": f"{1 + number % 12:02}/{1 + number % 28:02}/{1960 + number % 40}",
        "code": "X1",
        "day": f"{1 + number % 11:02}/{1 + number % 27:02}/2018",
        "block": "N",
    } | changes
    return ",".join(values.values())


def rows(numbers: Iterable[int], **changes: str) -> list[str]:
    return [row(number, **changes) for number in numbers]


def text(lines: Iterable[str], header: str = HEADER) -> str:
    return "".join(f"{line}\n" for line in (header, *lines))


def hash_of(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def registry_of(folder: Path, **changes: Any) -> Registry:
    industry = {"industry": "mining", "name": "Mining", "naics": ["21"], "certifiers": ["acme"]}
    for kind, name, content in (("certifiers", "acme", {**ACME, **changes}), ("industries", "mining", industry)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{name}.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_registry(folder)


@dataclass
class Found:
    """What one look gave: every table as rows in the order of the contract."""

    tables: dict[str, list[tuple[Any, ...]]]
    asides: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    @property
    def states(self) -> dict[str, str]:
        """Delivery -> state and, if there is one, reason."""
        return {one[1]: " ".join(filter(None, (one[7], one[8]))) for one in self.tables["deliveries"]}

    @property
    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        return {one[1]: one[3:7] for one in self.tables["deliveries"]}

    @property
    def details(self) -> dict[str, str]:
        return {one[1]: one[9] or "" for one in self.tables["deliveries"]}

    @property
    def births(self) -> dict[str, str]:
        """Record id -> birth date as it was written."""
        return {one[3]: one[4]["Born"] for one in self.tables["records"]}

    @property
    def notices(self) -> set[tuple[str, str]]:
        return {(one[1], one[2]) for one in self.tables["notices"]}

    @property
    def reasons(self) -> list[tuple[str, int, str]]:
        return [one[1:4] for one in self.tables["quarantine"]]


@dataclass
class Board:
    """The certifier, its inbox and what is remembered of it."""

    home: Path
    changes: dict[str, Any] = field(default_factory=dict)
    decisions: dict[tuple[str, str], Decision] = field(default_factory=dict)
    now: datetime = datetime(2019, 1, 1, tzinfo=UTC)
    threads: int = 1

    @property
    def folder(self) -> Path:
        return self.home / "inbox" / "mining" / "acme"

    def put(self, name: str, content: str | bytes, seconds: int = 0) -> str:
        """Lay a file into the inbox; its time is the present and some seconds. Its hash."""
        self.folder.mkdir(parents=True, exist_ok=True)
        written = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(written)
        moment = self.now.timestamp() + seconds - 3600
        os.utime(self.folder / name, (moment, moment))
        return hash_of(written)

    def take(self, name: str) -> None:
        (self.folder / name).unlink()

    def decide(self, kind: str, sha256: str) -> None:
        self.decisions["acme", sha256] = Decision(kind, "a test", "tester", self.now.isoformat())

    def look(self) -> Found:
        """Read the inbox, and remember what was seen; the next look is a day later."""
        registry = registry_of(self.home / "registry", **self.changes)
        receipts = self.home / "receipts.jsonl"
        known = Known(read_sights(receipts, "mining"), self.decisions, self.now, self.home / "archive")
        with connect(threads=self.threads) as con:
            con.execute("CREATE SCHEMA raw_feeds")
            look = read_feeds(con, self.home / "inbox", "mining", registry, known, TODAY)
            tables = {
                table.name: con.execute(f"SELECT * FROM raw_feeds.{table.name} ORDER BY ALL").fetchall()
                for table in SNAPSHOT
            }
            reasons = {one.delivery: one.aside for one in with_reasons(con, listed(con))}
            write_receipts(con, self.home, "mining", read_receipts(receipts))
        record_sights(receipts, "mining", look.sights, self.now)
        record_accepted(receipts, "mining", look.accepted, self.now)
        self.now += timedelta(days=1)
        for _, _, _, came, accepted, aside, again in (one[:7] for one in tables["deliveries"]):
            assert came == accepted + aside + again
        return Found(tables, reasons)


#: Three rows with a wrong birth date, the same rows put right, and what is read of each.
OLD = text(rows(range(3), born="09/09/1999"))
FIX = text(rows(range(3)))
RIGHT = {f"R{n}": row(n).split(",")[3] for n in range(3)}
WRONG = dict.fromkeys(RIGHT, "09/09/1999")
