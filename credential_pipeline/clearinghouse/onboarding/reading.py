"""Reads a file of which nothing is known: encoding, delimiter, the line of the header, and the rows below it.

A header is a line of names: without one, a person's row would stand in its place and be shown, so such a file is refused.
Not here: what columns mean (matching.py).
"""

import csv
import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.onboarding.words import meanings, words_of
from credential_pipeline.clearinghouse.raw_feeds.decode import MAGIC
from credential_pipeline.clearinghouse.raw_feeds.reading.blocks import gunzip, pieces, text_blocks
from credential_pipeline.clearinghouse.raw_feeds.reading.encodings import DETECT, find_encoding
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, listed
from credential_pipeline.clearinghouse.raw_feeds.reading.spreadsheet import sheet_names, sheet_text
from credential_pipeline.clearinghouse.raw_feeds.reasons import FILE_REASONS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.feeds import column_key
from credential_pipeline.foundation.registry.vocabulary import DELIMITERS

MOST_ROWS: Final = 100_000
_MOST_BYTES: Final = 256 * 1_048_576
_LOOK: Final = 50
"""Lines among which the header is looked for."""
_KNOWN, _PLAIN = 1 / 3, 0.85
"""Shares of a header's names that are made of known words, and that can be names of columns at all."""
_WIDE: Final = 12
_RAGGED: Final = 2
"""Values by which a row may be longer or shorter than the header, if nothing stands in them."""
_DIGITS, _LONGEST = 2, 80
_FIRST: Final = 400


@dataclass(frozen=True)
class Table:
    """A file as columns of text.

    Attributes:
        format: ``csv`` or ``xlsx``.
        encoding: As the registry names it; empty where there is none.
        delimiter: One character.
        header: Names of the columns.
        header_line: Line of the header, from 1.
        rows: Rows with as many values as the header, at most MOST_ROWS.
        ragged: How many rows have another number of values.
        whole: All rows were looked at.
        sheet: Name of the sheet that was asked for; None if it is the only one, or there are none.
    """

    format: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[str, ...], ...]
    ragged: int
    whole: bool
    sheet: str | None = None

    def column(self, place: int) -> list[str]:
        """Values of one column."""
        return [row[place] for row in self.rows]


def _refuse(code: str, path: Path, detail: str = "") -> SafeError:
    return SafeError(code, f"{path.name}: {FILE_REASONS[code]}{f' ({detail})' if detail else ''}")


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Values of each line by itself: a broken quotation mark costs one line."""
    found = []
    for line in lines:
        try:
            found.append([value.strip() for value in next(csv.reader([line], delimiter=delimiter), [])])
        except csv.Error:
            found.append([])
    return found


def _delimiter(lines: Sequence[str]) -> str:
    """The sign that gives most lines the same number of values, the more values the better."""

    def worth(delimiter: str) -> float:
        widths = Counter(len(values) for values in _split(lines, delimiter) if len(values) > 1)
        width, number = widths.most_common(1)[0] if widths else (0, 0)
        return float(number / len(lines) * min(width, _WIDE) ** 0.5)

    return max(DELIMITERS, key=worth)


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """Place of the header: the line of the table's width that has most names of columns in it, and no values."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return None
    width = widths.most_common(1)[0][0]
    best, place = 0.0, None
    for number, row in enumerate(rows[:_LOOK]):
        names = [name for name in row if name]
        if abs(len(row) - width) > _RAGGED or len(names) < max(2, width * 0.6):
            continue
        known = sum(_is_known(name) for name in names) / len(names)
        plain = sum(_looks_like_a_name(name) for name in names) / len(names)
        if known * plain > best and known >= _KNOWN and plain >= _PLAIN:
            best, place = known * plain, number
    return place


def _fitted(row: Sequence[str], width: int) -> tuple[str, ...] | None:
    """A row as wide as the header: without empty values behind it, with empty ones where its end is missing; None if it is neither."""
    if any(row[width:]) or len(row) < width - _RAGGED:
        return None
    return (*row[:width], *[""] * (width - len(row)))


def _shown(name: str) -> str:
    """A name of a column as the YAML can hold it: deliveries are read without a look at what nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " * sign.isspace() for sign in name).split())


def _is_known(name: str) -> bool:
    words = words_of(name)
    return bool(words) and any(word in meanings().values() for word in words)


def _looks_like_a_name(name: str) -> bool:
    digits = sum(sign.isdigit() for sign in name)
    return digits <= _DIGITS and "@" not in name and len(name) <= _LONGEST


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a file of delimited text, packed or not, or a sheet of a spreadsheet.

    Args:
        path: The file.
        sheet: Name of the sheet; None for the only one that holds rows.

    Raises:
        SafeError: It cannot be read, or has no header; one sentence without a word of the file, but for the names of its sheets.
    """
    try:
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= _MOST_BYTES else None
        if content is None:
            raise _refuse("E_TOO_LARGE" if path.is_file() else "E_UNREADABLE", path)
        if not content.strip():
            raise FileFaultError("E_EMPTY")
        if path.suffix.lower() == ".xlsx":
            return _sheet(content, path, sheet)
        if sheet is not None:
            raise FileFaultError("E_SHEET", "sheets are of .xlsx files; leave --sheet out")
        return _read(content, path)
    except OSError:
        raise _refuse("E_UNREADABLE", path) from None
    except FileFaultError as fault:
        raise _refuse(fault.code, path, fault.detail) from None


def _sheet(content: bytes, path: Path, name: str | None) -> Table:
    """A sheet as a table; which ones there are is said if it is not clear which one is meant."""
    try:
        blocks, _ = sheet_text(content, name, _MOST_BYTES)
    except FileFaultError as fault:
        if fault.code != "E_SHEET":
            raise
        names = [f"'{one if one.isprintable() else _shown(one)}'" for one in sheet_names(content, _MOST_BYTES)]
        text = f"say which sheet with --sheet: {listed(names)}" if names else "no sheet holds rows"
        raise SafeError("E_SHEET", f"{path.name}: {text}") from None
    return dataclasses.replace(_table(_lines(blocks), "xlsx", "", path), sheet=name)


def _read(content: bytes, path: Path) -> Table:
    packed = path.suffix.lower() == ".gz"

    def opened() -> Iterator[bytes]:
        return gunzip(pieces(content), _MOST_BYTES) if packed else pieces(content)

    begin = next(iter(opened()), b"")
    if begin.startswith(MAGIC):
        raise FileFaultError("E_NOT_TEXT")
    if begin.lstrip().startswith((b"{", b"[")):
        raise FileFaultError("E_FORMAT", "JSON of badges needs no profile: declare format: badges")
    encoding = find_encoding(opened, DETECT)
    blocks = text_blocks(opened(), encoding)
    return _table(_lines(blocks), "csv", "utf-16" if encoding.startswith("utf-16") else encoding, path)


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """Lines of blocks, one after the other; zero bytes, which no text holds, refuse the file."""
    for block in blocks:
        if b"\0" in block:
            raise FileFaultError("E_NOT_TEXT")
        yield from block.decode().removesuffix("\n").split("\n")


def _table(lines: Iterator[str], form: str, encoding: str, path: Path) -> Table:
    top = list(itertools.islice(lines, _FIRST))
    delimiter = "," if form == "xlsx" else _delimiter([line for line in top if line.strip()])
    start = _header(_split(top, delimiter))
    if start is None:
        message = f"{path.name}: no line of the first {_LOOK} holds names of columns; ask the sender for a header line, or write one"
        raise SafeError("E_NO_HEADER", message)
    header = tuple(map(_shown, _split([top[start]], delimiter)[0]))
    keys = [column_key(name) for name in header if name]
    if twice := [name for name in header if name and keys.count(column_key(name)) > 1]:
        raise FileFaultError("E_HEADER_DUPLICATE", listed(sorted(set(twice))))
    below = (line for line in itertools.chain(top[start + 1 :], lines) if line.strip())
    rows = _split(list(itertools.islice(below, MOST_ROWS)), delimiter)
    fitting = tuple(row for row in (_fitted(row, len(header)) for row in rows) if row is not None)
    return Table(
        form, encoding, delimiter, header, start + 1, fitting, len(rows) - len(fitting), next(below, None) is None
    )
