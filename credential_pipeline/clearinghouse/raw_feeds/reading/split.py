"""Splits a block of lines into values all at once: each physical line is one row, whatever the line before it looked like.

A value may be quoted as RFC 4180 says, never hold a line end. Lines that are in order come out as columns; every other line
is left over. Not here: what becomes of those (ragged.py), what a line hides (mending.py).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from credential_pipeline.clearinghouse.raw_feeds.reading.mending import Bytes, Places

Bools = npt.NDArray[np.bool_]

_FEED: Final = 10
_QUOTE: Final = 34
_BLANK: Final = 32


@dataclass(frozen=True)
class Split:
    """A block of lines, split.

    Attributes:
        good: Numbers (from 0) of the lines that have as many values as was asked for.
        columns: The values of good lines, one array for each column that was asked for.
        counts: How many values each line has; 0 for a line that is blank, -1 for one whose quotation marks are out of order.
        beyond: Whether a good line holds something in the columns that must be empty.
        filled: Whether a column holds something in any good line.
        blank: Whether a column is empty in any good line.
    """

    good: Places
    columns: list[pa.LargeStringArray]
    counts: Places
    beyond: Bools
    filled: Bools
    blank: Bools


def to_array(data: Bytes) -> pa.LargeStringArray:
    """Lines, each ended by a line feed, as an Arrow array without a Python object for each."""
    ends = np.flatnonzero(data == _FEED)
    offsets = np.zeros(len(ends) + 1, dtype=np.int64)
    offsets[1:] = ends - np.arange(len(ends))
    body = data[data != _FEED]
    return pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(body))


def split(data: Bytes, delimiter: str, width: int, wanted: tuple[int, ...], empty: tuple[int, ...] = ()) -> Split:
    """Split lines into values.

    Args:
        data: Lines in UTF-8, each ended by a line feed.
        delimiter: What separates values.
        width: How many values a good line has.
        wanted: Places (from 0) of the columns to return.
        empty: Places of the columns that must be empty.
    """
    ends = np.flatnonzero(data == _FEED)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    separators = np.flatnonzero(data == ord(delimiter))
    quotes = np.flatnonzero(data == _QUOTE)
    broken = np.zeros(len(ends), dtype=bool)
    if len(quotes):
        broken, separators = _quoted(data, ord(delimiter), ends, separators, quotes)
    reached = np.searchsorted(separators, ends)
    inside = np.diff(reached, prepend=0)
    counts = np.where(broken, -1, inside + 1)
    counts[_blank(data, starts, ends)] = 0
    good = np.flatnonzero(counts == width)
    kept = np.repeat(counts == width, inside)
    places = np.empty((len(good), width), dtype=np.int64)
    places[:, :-1] = separators[kept].reshape(len(good), width - 1)
    places[:, -1] = ends[good]
    begins = np.empty_like(places)
    begins[:, 0] = starts[good]
    begins[:, 1:] = places[:, :-1] + 1
    columns, beyond, filled, blank = _columns(data, begins, places, quotes, wanted, empty)
    return Split(good, columns, counts, beyond, filled, blank)


def _blank(data: Bytes, starts: Places, ends: Places) -> Places:
    """Lines of nothing or of blanks."""
    maybe = np.flatnonzero((starts == ends) | (data[starts] == _BLANK))
    return np.array(
        [line for line in maybe.tolist() if not data[starts[line] : ends[line]].tobytes().strip(b" ")], dtype=np.int64
    )


def _quoted(data: Bytes, delimiter: int, ends: Places, separators: Places, quotes: Places) -> tuple[Bools, Places]:
    """Lines whose quotation marks are out of order, and the separators that stand outside of quoted values.

    Within a line every other mark opens. One that opens follows a separator, the start of the line or, as the second of a pair,
    a mark; one that closes stands before a separator, the end of the line or a mark.
    """
    line = np.searchsorted(ends, quotes)
    first = np.searchsorted(quotes, np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1)))
    opens = (np.arange(len(quotes)) - first[line]) % 2 == 0
    before = np.where(quotes > 0, data[quotes - 1], _FEED)
    after = data[quotes + 1]
    fine = np.array([delimiter, _FEED, _QUOTE], dtype=np.uint8)
    wrong = ~np.isin(np.where(opens, before, after), fine)
    broken = np.zeros(len(ends), dtype=bool)
    broken[line[wrong]] = True
    broken |= np.bincount(line, minlength=len(ends)) % 2 == 1
    marks = np.searchsorted(quotes, separators) - first[np.searchsorted(ends, separators)]
    return broken, separators[marks % 2 == 0]


def _columns(
    data: Bytes, begins: Places, places: Places, quotes: Places, wanted: tuple[int, ...], empty: tuple[int, ...]
) -> tuple[list[pa.LargeStringArray], Bools, Bools, Bools]:
    """The wanted columns of good lines, which lines hold something where nothing may be, and how columns are filled."""
    lengths = places - begins
    keep = _within(len(data), begins, places)
    if len(quotes) and len(begins):
        dropped = _dropped(data, begins, places, quotes)
        keep[dropped] = False
        owner = np.searchsorted(begins.ravel(), dropped, side="right") - 1
        lengths = lengths - np.bincount(owner, minlength=lengths.size).reshape(lengths.shape)
    offsets = np.zeros(lengths.size + 1, dtype=np.int64)
    np.cumsum(lengths.ravel(), out=offsets[1:])
    values = pa.LargeStringArray.from_buffers(lengths.size, pa.py_buffer(offsets), pa.py_buffer(data[keep]))
    width = places.shape[1]
    columns = [values.take(pa.array(np.arange(place, lengths.size, width))) for place in wanted]
    beyond = np.zeros(len(places), dtype=bool)
    for place in empty:
        for row in np.flatnonzero(lengths[:, place]).tolist():
            beyond[row] |= bool(values[row * width + place].as_py().strip())
    return columns, beyond, np.any(lengths > 0, axis=0), np.any(lengths == 0, axis=0)


def _within(size: int, begins: Places, places: Places) -> Bools:
    """Bytes that belong to a value of a good line."""
    change = np.zeros(size, dtype=np.int8)
    change[begins[:, 0]] += 1
    change[places[:, -1]] -= 1
    inside: Bools = np.cumsum(change, dtype=np.int8).view(bool)
    inside[places[:, :-1].ravel()] = False
    return inside


def _dropped(data: Bytes, begins: Places, places: Places, quotes: Places) -> Places:
    """Quotation marks of good lines that are no part of a value: those around it, and the first of each pair within."""
    line = np.searchsorted(begins[:, 0], quotes, side="right") - 1
    mine = (line >= 0) & (quotes < places[np.maximum(line, 0), -1])
    marks, line = quotes[mine], line[mine]
    first = np.searchsorted(marks, begins[:, 0])
    opens = (np.arange(len(marks)) - first[line]) % 2 == 0
    # The second mark of a pair opens right behind one that closes; it stands for the mark itself.
    pair = opens & (marks > 0) & (data[np.maximum(marks - 1, 0)] == _QUOTE) & (np.arange(len(marks)) > first[line])
    around: Places = marks[~pair]
    return around
