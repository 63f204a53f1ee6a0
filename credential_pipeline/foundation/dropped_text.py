"""What a text file of a drop is, before DuckDB reads it, and what is wrong with one that DuckDB read otherwise than it is written.

A file is looked at in bytes, at the speed of the disk; only one that has a fault is read line by line, to name the line. No message
holds anything that stands in a row. Not here: rows of certifiers' feeds, which are judged one by one
(credential_pipeline/clearinghouse/raw_feeds).
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from credential_pipeline.foundation.errors import SafeError

DELIMITERS: Final = (",", ";", "\t", "|")
_CHUNK: Final = 1 << 20
_FOREIGN: Final = {
    b"PK\x03\x04": "is an Excel workbook or another ZIP archive; export it as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; export it as CSV in UTF-8",
    b"%PDF": "is a PDF; deliver the table as CSV in UTF-8",
    b"PAR1": "is Parquet; let its name end in .parquet",
    b"\x1f\x8b": "is compressed; let its name end in .csv.gz",
}
"""First bytes -> what such a file is."""
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?sep=(.)\r?\n", re.IGNORECASE)
"""The line that spreadsheets put before the header."""
_INVISIBLE: Final = "\ufeff\u200b\u00ad"
_ESCAPED: Final = ("\udc80", "\udcff")
"""What stands for bytes that are no UTF-8."""


@dataclass(frozen=True)
class Text:
    """A text file as it is to be read.

    Attributes:
        names: Column names in their order, as :func:`plain_name` makes them.
        delimiter: What stands between values.
        skipped: Lines before the header.
        lines: Lines after the header, blank ones included.
    """

    names: tuple[str, ...]
    delimiter: str
    skipped: int
    lines: int


def plain_name(name: str) -> str:
    """A column's name as names are compared: small letters, no outer blanks, an underscore for inner ones."""
    bare = name.translate(dict.fromkeys(map(ord, _INVISIBLE), None))
    return re.sub(r"\s+", "_", bare.strip().lower())


def look_at_text(path: Path, shown: str, wanted: Collection[str]) -> Text:
    """Find out how a text file is to be read.

    Args:
        path: The file; compressed if its name ends in .gz.
        shown: How messages name it.
        wanted: Columns that tell which delimiter is meant.

    Raises:
        SafeError: E_DROP_EMPTY, E_DROP_ENCODING, E_DROP_FORMAT, E_DROP_HEADER, E_DROP_CUT, E_DROP_UNREADABLE.
    """
    try:
        with _opened(path) as file:
            head = file.read(_CHUNK)
            _refuse_foreign(head, shown)
            end = b"\n" if b"\n" in head else b"\r"
            count, last, zeros = 0, b"", False
            chunk = head
            while chunk:
                count, last, zeros = count + chunk.count(end), chunk[-1:], zeros or b"\0" in chunk
                chunk = file.read(_CHUNK)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SafeError("E_DROP_UNREADABLE", f"{shown} is a damaged .gz file; deliver it again") from None
    if zeros:
        raise SafeError("E_DROP_ENCODING", f"{shown} holds zero bytes, as UTF-16 does; save it as CSV in UTF-8")
    if last not in {b"\n", b"\r"}:
        raise cut(shown)
    separator = _SEPARATOR.match(head)
    skipped = 1 if separator else 0
    header = head[separator.end() if separator else 0 :].split(end, 1)[0]
    names, delimiter = _columns(header, shown, wanted)
    return Text(names, delimiter, skipped, count - skipped - 1)


def cut(shown: str) -> SafeError:
    """Make the error for a file whose last row, and whatever came after it, may be missing."""
    message = f"{shown} is cut off: its last line has no line end; deliver the whole file again"
    return SafeError("E_DROP_CUT", message)


def find_fault(path: Path, text: Text, shown: str, rows: int | None) -> SafeError | None:
    """What is wrong with a file that could not be read, or of which more or fewer rows were read than it has lines.

    Args:
        path: The file.
        text: What :func:`look_at_text` said of it.
        shown: How messages name it.
        rows: Rows that were read of it; None if it could not be read.

    Returns:
        The first fault, with its line; None if the file is as it should be.
    """
    seen = 0
    with io.TextIOWrapper(_opened(path), encoding="utf-8", errors="surrogateescape") as lines:
        for line, values in _records(lines, text):
            if isinstance(values, str):
                return SafeError("E_DROP_UNREADABLE", f"{shown}: line {line:,} {values}")
            if not values:
                continue
            seen += 1
            if {plain_name(value) for value in values} == set(text.names):
                message = f"{shown}: line {line:,} repeats the header; take the line out, or deliver the files apart"
                return SafeError("E_DROP_HEADER", message)
            surplus = [value for value in values[len(text.names) :] if value]
            if len(values) < len(text.names) or surplus:
                message = f"{shown}: line {line:,} has {len(values)} values and the header {len(text.names)}"
                return SafeError("E_DROP_UNREADABLE", f"{message}; write the file again as CSV")
    if rows is not None and rows != seen:
        return SafeError("E_DROP_UNREADABLE", f"{shown}: {rows:,} rows were read of {seen:,}; write it again as CSV")
    return None


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _refuse_foreign(head: bytes, shown: str) -> None:
    if not head.strip():
        raise SafeError("E_DROP_EMPTY", f"{shown} is empty; deliver it with its header, or remove it")
    if head.startswith(_UTF_16):
        raise SafeError("E_DROP_ENCODING", f"{shown} is written in UTF-16; save it as CSV in UTF-8")
    for start, words in _FOREIGN.items():
        if head.startswith(start):
            raise SafeError("E_DROP_FORMAT", f"{shown} {words}")


def _columns(header: bytes, shown: str, wanted: Collection[str]) -> tuple[tuple[str, ...], str]:
    """The names of a header and its delimiter: the one by which most of the wanted columns stand there."""
    try:
        written = header.rstrip(b"\r").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SafeError("E_DROP_ENCODING", f"{shown}: line 1 is not UTF-8; save it as CSV in UTF-8") from None
    tried = [(tuple(map(plain_name, _split(written, sign))), sign) for sign in DELIMITERS]
    names, delimiter = max(tried, key=lambda found: len(set(found[0]) & set(wanted)))
    if twice := sorted(name for name in wanted if names.count(name) > 1):
        raise SafeError("E_DROP_HEADER", f"{shown}: the column {', '.join(twice)} stands in the header twice")
    return names, delimiter


def _split(line: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader((line,), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.split(delimiter)


def _records(lines: Iterable[str], text: Text) -> Iterator[tuple[int, list[str] | str]]:
    """Line number and values of every record after the header; in place of values what is wrong with it, which ends the search.

    A quotation mark may hold line ends, but none of the lines that it holds may be a row of its own.
    """
    kept: list[str] = []
    first = 0
    for number, line in enumerate(lines, start=1):
        if number <= text.skipped + 1:
            continue
        if any(_ESCAPED[0] <= sign <= _ESCAPED[1] for sign in line):
            yield number, "is not UTF-8; save the file as CSV in UTF-8"
            return
        if kept and len(_split(line.rstrip("\n"), text.delimiter)) >= len(text.names):
            break
        first = first if kept else number
        kept.append(line)
        values = _values(kept, text.delimiter)
        if values is not None:
            yield first, values
            kept = []
    if kept:
        yield first, "holds a quotation mark that swallows the lines after it; mend it"


def _values(lines: Sequence[str], delimiter: str) -> list[str] | str | None:
    """The values of one record, or what is wrong with it; None if a quotation mark is still open."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        return None if "end of data" in str(error) else "cannot be split into values; write the file again as CSV"
