"""Quoted values with line ends in them: their lines are put together where nothing else can be meant.

Every physical line is taken for a row, so that a stray quotation mark never swallows the rows behind it. A value that is quoted
as RFC 4180 says may hold line ends all the same. Its lines are put together only if the whole has just the columns of the header and
none of them could be a row by itself. The line ends become blanks, and blank lines stay behind, so that numbers of lines hold.
Not here: how a row is split (split.py).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from credential_pipeline.clearinghouse.raw_feeds.reading.header import split_line

FOLDED: Final = "LINE_ENDS_IN_CELLS"
_MOST: Final = 40
"""Lines that one row may take; beyond, a quotation mark was rather forgotten."""
_FEED: Final = 10
_QUOTE: Final = 34


def folded(blocks: Iterable[bytes], delimiter: str, width: int, counts: Counter[str]) -> Iterator[bytes]:
    """Put the lines of a row together that a quoted value takes.

    Args:
        blocks: Blocks of whole lines below the header, each line ended by a line feed but perhaps the last of all.
        delimiter: What separates values.
        width: Number of columns of the header.
        counts: Where rows are counted whose lines were put together, under :data:`FOLDED`.

    Yields:
        The same text in blocks, with as many lines.
    """
    text = rest = b""
    for block in blocks:
        if text:
            yield text
        text, rest = _fold(rest + block, delimiter, width, counts)
    # Together: a first block of few lines would tell wrongly how wide the rows of the file are.
    if text or rest:
        yield text + rest


def _fold(text: bytes, delimiter: str, width: int, counts: Counter[str]) -> tuple[bytes, bytes]:
    """A block with rows put together, and its last lines if a value is still open that the next block may close."""
    odd, begins = _open_lines(text)
    parts, done, place = [], 0, 0
    while place + 1 < len(odd):
        first, last = odd[place], odd[place + 1]
        place += 1
        if last - first >= _MOST:
            continue
        lines = text[begins[first] : begins[last + 1]].decode().split("\n")
        if lines[-1] or not _is_row(lines[:-1], delimiter, width):
            continue
        parts += [text[done : begins[first]], " ".join(lines[:-1]).encode(), b"\n" * (last - first + 1)]
        done = begins[last + 1]
        counts[FOLDED] += 1
        place += 1
    size = len(begins) - 1
    if place < len(odd) and size - odd[place] < _MOST and text.endswith(b"\n"):
        end = begins[odd[place]]
        return b"".join((*parts, text[done:end])), text[end:]
    return b"".join((*parts, text[done:])), b""


def _open_lines(text: bytes) -> tuple[list[int], list[int]]:
    """Numbers of the lines with an odd number of quotation marks; where every line begins, and where the last one ends."""
    if b'"' not in text:
        return [], [0]
    data = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(data == _FEED)
    begins = [0, *(ends + 1).tolist()]
    if begins[-1] != len(text):
        begins.append(len(text))
    marks = np.bincount(np.searchsorted(ends, np.flatnonzero(data == _QUOTE)))
    return np.flatnonzero(marks % 2).tolist(), begins


def _is_row(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether lines can be nothing but one row together."""
    return (
        width > 1
        and len(split_line(" ".join(lines), delimiter) or ()) == width
        and all(len(split_line(line, delimiter) or ()) != width for line in lines[1:-1])
    )
