"""Splits a block of lines into values all at once: each physical line is one row, whatever the line before it looked like.

A value may be quoted as RFC 4180 says; line ends in it were taken out before (folding.py). Lines that are in order are given to a
fast reader, which is told how many values each has; every other line is left over. Not here: what becomes of those (ragged.py), what a line hides (mending.py).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

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
        columns: The values of good lines by column.
        counts: How many values each line has; 0 for a line that is blank, -1 for one whose quotation marks are out of order.
        beyond: Whether a good line holds something in the columns that must be empty.
        quoted: Whether any line holds a quotation mark.
    """

    good: Places
    columns: list[pa.StringArray]
    counts: Places
    beyond: Bools
    quoted: bool

    def filled(self) -> Bools:
        """By column, whether it holds something in any good line."""
        return np.array([pc.max(pc.binary_length(one)).as_py() > 0 for one in self.columns])

    def blank(self) -> Bools:
        """By column, whether it is empty in any good line."""
        return np.array([pc.min(pc.binary_length(one)).as_py() == 0 for one in self.columns])


def to_array(data: Bytes) -> pa.LargeStringArray:
    """Lines, each ended by a line feed, as an Arrow array without a Python object for each."""
    ends = np.flatnonzero(data == _FEED)
    offsets = np.zeros(len(ends) + 1, dtype=np.int64)
    offsets[1:] = ends - np.arange(len(ends))
    return pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(data[data != _FEED]))


def split(data: Bytes, delimiter: str, width: int, empty: tuple[int, ...] = ()) -> Split:
    """Split lines into values.

    Args:
        data: Lines in UTF-8, each ended by a line feed.
        delimiter: What separates values.
        width: How many values a good line has.
        empty: Places (from 0) of the columns that must be empty.
    """
    ends = np.flatnonzero(data == _FEED)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    separators = np.flatnonzero(data == ord(delimiter))
    quotes = np.flatnonzero(data == _QUOTE)
    broken = np.zeros(len(ends), dtype=bool)
    if len(quotes):
        broken, separators = _quoted(data, ord(delimiter), ends, separators, quotes)
    counts = np.where(broken, -1, np.diff(np.searchsorted(separators, ends), prepend=0) + 1)
    counts[_blank(data, starts, ends)] = 0
    fine = counts == width
    good = np.flatnonzero(fine)
    kept = data if len(good) == len(ends) else data[np.repeat(fine, ends - starts + 1)]
    columns = _columns(kept, delimiter, width, quoted=len(quotes) > 0) if len(good) else []
    beyond = np.zeros(len(good), dtype=bool)
    for place in empty if len(good) else ():
        beyond |= np.asarray(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(columns[place])), 0))
    return Split(good, columns, counts, beyond, len(quotes) > 0)


def _columns(data: Bytes, delimiter: str, width: int, *, quoted: bool) -> list[pa.StringArray]:
    """The values of lines that are known to have ``width`` of them."""
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        pa.py_buffer(data),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        parse_options=csv.ParseOptions(delimiter=delimiter, quote_char='"' if quoted else False, double_quote=quoted),
        convert_options=csv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    return [column.combine_chunks() for column in table.columns]


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
