"""Why a delivery waits for a person: each reason with a code and with figures. Nothing is guessed, and nothing is changed.

Not here: which size is usual (hold_size.py), in which order deliveries are looked at (decide.py), and what the codes mean (reasons.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival
from credential_pipeline.clearinghouse.raw_feeds.measures import Measure, told
from credential_pipeline.clearinghouse.raw_feeds.order import sequence_of
from credential_pipeline.foundation.registry.deliveries import Deliveries

SMALL = 20
"""Rows below which a share says little: one bad row in three is no change of layout."""
HALF = 0.5
"""Share of rows set aside from which the layout, and not the rows, is at fault."""


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


def ids_taken(measure: Measure, reused: int) -> bool:
    """Whether rows that repeat the record ids of others make most of a delivery useless: its ids are none."""
    return measure.rows >= SMALL and reused > 0 and measure.rows - measure.usable + reused > HALF * measure.rows


def known_rows(measure: Measure, known: int) -> Iterator[Hold]:
    """Most rows are those of other deliveries, under other record ids."""
    if measure.rows >= SMALL and known > HALF * measure.rows:
        yield Hold("ROWS_KNOWN", f"{known:,} of {measure.rows:,} rows")


def unreadable(measure: Measure) -> Iterator[Hold]:
    """None of the rows can be used, or fewer than half."""
    aside = measure.rows - measure.usable
    if aside and (not measure.usable or (measure.rows >= SMALL and aside > HALF * measure.rows)):
        yield Hold("ROWS_UNREADABLE", f"{aside:,} of {measure.rows:,} rows are set aside: {told(measure.reasons)}")
