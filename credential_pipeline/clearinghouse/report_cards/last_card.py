"""What an earlier card said, read from its CSV file: the one memory of what a certifier was told.

Not here: what has become of it since (facts.py), and the writing of the file (page.py).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SET_ASIDE: Final = "set aside"
"""Section of rows that were set aside; followed by a month, of rows that an earlier card listed."""
DELIVERY: Final = "delivery"
UNREAD: Final = "unread"
"""Section of files that could not be read: what they are called now may be another file's name later, so no later card asks for it."""
TREND: Final = "trend"
"""Section of one month's counts, followed by the month."""
OPEN: Final = "open"
MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
COUNTS: Final = ("deliveries", "rows_in", "rows_accepted", "rows_quarantined", "rows_duplicate")
_MOST: Final = 1 << 31
"""Beyond any line of a file."""


@dataclass(frozen=True)
class Month:
    """What became of the rows of one month's deliveries; the counts as in COUNTS."""

    month: str
    deliveries: int = 0
    rows_in: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0


@dataclass(frozen=True)
class Listed:
    """A row that a card listed as set aside, and that was not mended then.

    Attributes:
        month: Of the card that listed it first.
        reason: Why it was set aside.
        delivery: Its delivery as it was shown then.
        delivery_id: What that is called for good.
        line: Where it stands.
        record_id: Its sender's id; empty if it may not be shown.
    """

    month: str
    reason: str
    delivery: str
    delivery_id: str
    line: int
    record_id: str


@dataclass(frozen=True)
class LastCard:
    """What a card said.

    Attributes:
        month: Its month.
        months: The trend, its own month last; empty if it cannot be read.
        deliveries: Ids of those that it told of; None if it cannot be read, or is of a time before it named them.
        open: Rows that were set aside and not mended.
    """

    month: str
    months: tuple[Month, ...] = ()
    deliveries: frozenset[str] | None = None
    open: tuple[Listed, ...] = ()


def kept_cards(folder: Path) -> dict[str, LastCard]:
    """The cards that lie in a certifier's folder, by month, in order."""
    months = sorted(page.stem for page in folder.glob("*.html") if MONTH.fullmatch(page.stem))
    return {month: read_card(folder / f"{month}.csv", month) for month in months}


def read_card(file: Path, month: str) -> LastCard:
    """What the card of a month said; nothing but the month if its file is gone or was changed beyond reading."""
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            return _told(list(csv.DictReader(opened)), month)
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return LastCard(month)


def _told(rows: Sequence[Mapping[str, str]], month: str) -> LastCard:
    trend: dict[str, dict[str, int]] = {}
    named: set[str] = set()
    listed: list[Listed] = []
    ids = bool(rows) and "delivery_id" in rows[0]
    for row in rows:
        section, _, of = row["section"].rpartition(" ") if MONTH.search(row["section"]) else (row["section"], "", month)
        if section == TREND and row["code"] in COUNTS:
            trend.setdefault(of, {})[row["code"]] = int(row["value"])
        elif section == DELIVERY and ids:
            named.add(row["delivery_id"])
        elif section == SET_ASIDE and row["value"] == OPEN and ids and 0 < int(row["line"]) < _MOST:
            # An id never begins with the quote that keeps a spreadsheet from running it.
            record_id = row["record_id"].removeprefix("'")
            listed.append(Listed(of, row["code"], row["delivery"], row["delivery_id"], int(row["line"]), record_id))
    months = tuple(Month(one, **counts) for one, counts in sorted(trend.items()) if MONTH.fullmatch(one))
    return LastCard(month, months, frozenset(named) if ids else None, tuple(listed))


def without_gaps(months: Sequence[Month]) -> list[Month]:
    """The same months, with those between them in which nothing came."""
    if not months:
        return []
    known = {one.month: one for one in months}
    first, last = min(known), max(known)
    names = [f"{year}-{month:02}" for year in range(int(first[:4]), int(last[:4]) + 1) for month in range(1, 13)]
    return [known.get(name, Month(name)) for name in names if first <= name <= last]
