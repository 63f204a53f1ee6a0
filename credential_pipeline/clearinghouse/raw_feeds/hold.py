"""Why a delivery waits for a person: each reason with a code and with figures. Nothing is guessed, and nothing is changed.

Not here: in which order deliveries are looked at (decide.py), and what the codes mean (reasons.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival
from credential_pipeline.clearinghouse.raw_feeds.measures import Measure, RecordIds, median, told
from credential_pipeline.clearinghouse.raw_feeds.order import sequence_of
from credential_pipeline.foundation.registry.deliveries import Deliveries

SMALL = 20
"""Rows below which a share says little: one bad row in three is no change of layout."""
HALF = 0.5
"""Share of rows set aside from which the layout, and not the rows, is at fault."""
LEAST, MOST = 0.8, 3.0
"""Of the usual number of rows: below the one and above the other a delivery waits."""
ENOUGH, LAST = 3, 6
"""Deliveries from which there is something usual, and how many of the last ones say what it is."""


@dataclass(frozen=True)
class Hold:
    """One reason to wait.

    Attributes:
        code: A key of HOLD_REASONS.
        detail: The figures, in words that are safe to show.
    """

    code: str
    detail: str


@dataclass(frozen=True)
class Told:
    """What the file as a whole says of itself.

    Attributes:
        cut: It does not end in a line end.
        trailer: Rows that its last line speaks of; None if none was agreed on, -1 if the agreed line is missing.
    """

    cut: bool = False
    trailer: int | None = None


@dataclass(frozen=True)
class Past:
    """Deliveries whose rows have gone on before the one that is looked at.

    Attributes:
        sizes: Rows of each that belongs to its past, the latest last.
        numbers: Their numbers, with those of its own look.
        others: Numbers of those with which its fields are compared: the last of its past; at a first load those that came with it.
        replaced: Number and rows of the one whose place it takes, without its sender having said so.
    """

    sizes: Sequence[int] = ()
    numbers: Sequence[int] = ()
    others: Sequence[int] = ()
    replaced: tuple[int, int] | None = None


def as_it_came(arrival: Arrival, file: Told, measure: Measure, agreed: Deliveries) -> Iterator[Hold]:
    """Reasons in the file and in what its sender says of it."""
    said = arrival.sight.said
    if arrival.growing:
        yield Hold("STILL_GROWING", "the file grew while it was read")
    if file.cut and said.sha256 != arrival.file.sha256:
        yield Hold("NOT_ENDED", f"its last row, of {measure.rows:,}, has no line end")
    if said.broken:
        yield Hold("SIDECAR_UNREADABLE", "what lies beside the file does not say what it should")
    if agreed.manifest and not said.beside:
        yield Hold("NO_MANIFEST", "nothing lies beside the file")
    if agreed.sequence is not None and sequence_of(arrival.sight, agreed) is None:
        yield Hold("NO_SEQUENCE", "neither its name nor what lies beside it says its number")
    if said.sha256 is not None and said.sha256 != arrival.file.sha256:
        yield Hold("HASH_DIFFERS", f"said to begin with {said.sha256[:12]}, begins with {arrival.file.sha256[:12]}")
    if said.rows is not None and said.rows != measure.rows:
        yield Hold("ROW_COUNT_DIFFERS", f"{said.rows:,} rows are said, {measure.rows:,} came")
    if file.trailer is not None and file.trailer != measure.rows:
        said_there = "has no such line" if file.trailer < 0 else f"says {file.trailer:,} rows, {measure.rows:,} came"
        yield Hold("TRAILER_DIFFERS", f"the agreed last line {said_there}")


def unreadable(measure: Measure) -> Iterator[Hold]:
    """None of the rows can be used, or fewer than half."""
    aside = measure.rows - measure.usable
    if aside and (not measure.usable or (measure.rows >= SMALL and aside > HALF * measure.rows)):
        yield Hold("ROWS_UNREADABLE", f"{aside:,} of {measure.rows:,} rows are set aside: {told(measure.reasons)}")


def unusual(number: int, measure: Measure, past: Past, ids: RecordIds) -> Iterator[Hold]:
    """More or fewer rows than usual, or fewer than in the delivery whose place it takes."""
    if past.replaced is not None:
        yield from _shrunken(number, measure, past.replaced, ids)
        return
    if len(past.sizes) < ENOUGH or not measure.rows:
        return  # A month without events is a header alone.
    usual = median(past.sizes)
    if LEAST * usual <= measure.rows <= MOST * usual or ids.known(number, past.numbers) > HALF:
        return
    code = "TOO_FEW_ROWS" if measure.rows < usual else "TOO_MANY_ROWS"
    yield Hold(code, f"{measure.rows:,} rows, where {usual:,.0f} are usual in the last {len(past.sizes)}")


def _shrunken(number: int, measure: Measure, replaced: tuple[int, int], ids: RecordIds) -> Iterator[Hold]:
    earlier, rows = replaced
    if rows < SMALL:
        return
    gone = ids.missing(number, earlier)
    if measure.rows < LEAST * rows or gone > (1 - LEAST) * rows:
        yield Hold(
            "ROWS_LOST", f"it takes the place of {rows:,} rows with {measure.rows:,}, and lacks {gone:,} of them"
        )
