"""Why a delivery waits for the number of its rows: by what its sender sent before, or by the delivery whose place it takes.

A size is usual if it is like one that the sender sent lately or about a year ago, so that a release settles what comes after it,
senders of several kinds of files have several usual sizes, and a season comes back. Not here: what its rows hold (hold_fields.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.hold import HALF, SMALL, Hold
from credential_pipeline.clearinghouse.raw_feeds.measures import Measure, RecordIds, median

LEAST, MOST = 0.8, 3.0
"""Of a size: below the one and above the other a delivery is not like it."""
FEW: Final = 3
"""Rows, a difference of fewer than which says nothing: of a sender of four a month one more or less is no change."""
ENOUGH: Final = 3
"""Deliveries with rows from which there is something usual."""
LAST: Final = 7
"""How many of the last times that something came say what is usual: of a daily sender, a whole week."""
_DAY: Final = 86_400
YEAR, SEASON = 365 * _DAY, 45 * _DAY
"""Seconds: how long ago a delivery of the same season came, and how far from that."""


@dataclass(frozen=True)
class Sent:
    """A delivery whose rows have gone on.

    Attributes:
        number: Its number.
        rows: How many rows it has.
        time: Alike for all that came together, of which nobody knows which is the latest.
        seconds: The file's own time, in seconds since 1970.
    """

    number: int
    rows: int
    time: tuple[object, ...]
    seconds: int


@dataclass(frozen=True)
class Past:
    """Deliveries whose rows have gone on before the one that is looked at.

    Attributes:
        sent: Those that belong to its past, the latest last.
        seconds: Its own file's time.
        numbers: Their numbers, with those of its own look.
        others: Numbers of those with which its fields are compared: the last of its past; at a first load those that came with it.
        replaced: Number and rows of the one whose place it takes, without its sender having said so.
        beside: Numbers of those that would go on beside it.
    """

    sent: Sequence[Sent] = ()
    seconds: int = 0
    numbers: Sequence[int] = ()
    others: Sequence[int] = ()
    replaced: tuple[int, int] | None = None
    beside: Sequence[int] = ()

    @property
    def usual(self) -> list[int]:
        """Rows of those that say what is usual: all of the last times that something came, and of about a year ago."""
        last = list(dict.fromkeys(one.time for one in self.sent))[-LAST:]
        return [one.rows for one in self.sent if one.time in last or abs(self.seconds - one.seconds - YEAR) <= SEASON]


def unusual(number: int, measure: Measure, past: Past, ids: RecordIds) -> Iterator[Hold]:
    """More or fewer rows than usual, or fewer than in the delivery whose place it takes."""
    if past.replaced is not None:
        yield from _shrunken(number, measure, past.replaced, ids)
        return
    # A month without events is a header alone; it waits for nobody, and says nothing of others.
    past = replace(past, sent=[one for one in past.sent if one.rows])
    if len(past.sent) < ENOUGH or not measure.rows:
        return
    if sum(_alike(measure.rows, size) for size in past.usual) > 1 or ids.known(number, past.numbers) > HALF:
        return
    usual = replace(past, sent=_adding(past.sent, ids)).usual
    if any(_alike(measure.rows, size) for size in usual):
        return
    code = "TOO_FEW_ROWS" if measure.rows < median(usual) else "TOO_MANY_ROWS"
    yield Hold(
        code, f"{measure.rows:,} rows, where {_told(measure.rows, usual)} are usual, by {len(usual):,} deliveries"
    )


def _alike(rows: int, size: int) -> bool:
    return LEAST * size <= rows <= MOST * size or abs(rows - size) < FEW


def _adding(sent: Sequence[Sent], ids: RecordIds) -> list[Sent]:
    """All but corrections, which have as many rows as there are mistakes; the first is none."""
    before = [[one.number for one in sent[:place]] for place in range(len(sent))]
    return [one for one, known in zip(sent, before, strict=True) if not known or ids.known(one.number, known) <= HALF]


def _told(rows: int, sizes: Sequence[int]) -> str:
    """The usual sizes that are nearest to a size, or all of them if it is beyond them."""
    fewer, more = [size for size in sizes if size < rows], [size for size in sizes if size > rows]
    if fewer and more:
        return f"{max(fewer):,} and {min(more):,}"
    least, most = min(sizes), max(sizes)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _shrunken(number: int, measure: Measure, replaced: tuple[int, int], ids: RecordIds) -> Iterator[Hold]:
    earlier, rows = replaced
    if rows < SMALL:
        return
    gone = ids.missing(number, earlier)
    if measure.rows < LEAST * rows or gone > (1 - LEAST) * rows:
        yield Hold(
            "ROWS_LOST", f"it takes the place of {rows:,} rows with {measure.rows:,}, and lacks {gone:,} of them"
        )
