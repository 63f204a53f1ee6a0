"""Finds the line with the column names and says what is wrong with it, without ever telling a value.

Case, blanks and quotation marks around a name are forgiven; a name that is another is not. Not here: the rows (split.py).
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice, listed, plural
from credential_pipeline.foundation.registry.feeds import Certifier, column_key
from credential_pipeline.foundation.registry.vocabulary import DELIMITERS

LOOKED_AT: Final = 50
"""Lines among which a header is looked for."""
_SEPARATOR: Final = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE | re.DOTALL)
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _./#()-]{0,39}")
_DIGITS: Final = 4
"""More digits than these look like a value, and a name of a column has none of it."""


@dataclass(frozen=True)
class Header:
    """The header of a file.

    Attributes:
        names: The YAML's name of each column of the file, "" where the YAML has none.
        unnamed: Places (from 0) of the columns that have no name at all.
        text: The line as it stands.
        line: Its number in the file.
        notices: What was forgiven.
    """

    names: tuple[str, ...]
    unnamed: tuple[int, ...]
    text: str
    line: int
    notices: tuple[Notice, ...] = ()


def split_line(line: str, delimiter: str) -> list[str] | None:
    """The values of one line; None if its quotation marks are out of order."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def find_header(lines: Sequence[str], certifier: Certifier, delimiter: str) -> Header:
    """Find the header as the YAML says: on its line, on the first that is not blank, or where the declared columns are.

    Args:
        lines: The first lines of the file.
        certifier: Whose file it is.
        delimiter: What separates values.

    Raises:
        FileFaultError: E_HEADER, E_HEADER_DUPLICATE or E_DELIMITER, with the names of columns and the line.
    """
    written = [number for number, line in enumerate(lines) if line.strip()]
    if not written:
        raise FileFaultError("E_EMPTY")
    notices = []
    if _SEPARATOR.fullmatch(lines[written[0]]):
        written, notices = written[1:], [Notice("SEPARATOR_LINE")]
    places = _places(certifier.feed.header, written, len(lines))
    best = _best(lines, places, certifier, delimiter)
    if best is None:
        raise FileFaultError("E_HEADER", _declared(certifier))
    if _found(lines[best], certifier, delimiter) < len(certifier.source_columns):
        _refuse_other_delimiter(lines, places, certifier, delimiter)
        raise FileFaultError("E_HEADER", _lacking(lines, best, certifier, delimiter))
    if best != written[0]:
        notices.append(Notice("HEADER_FOUND", f"on line {best + 1}"))
    header = _matched(lines[best], best, certifier, delimiter)
    surplus = _surplus_notice(lines, best, header, delimiter, certifier)
    return Header(header.names, header.unnamed, header.text, header.line, (*notices, *header.notices, *surplus))


def _places(where: str | int, written: Sequence[int], size: int) -> Sequence[int]:
    if where == "find":
        return [place for place in written if place < LOOKED_AT]
    if where == "first":
        return written[:1]
    return [int(where) - 1] if int(where) <= size else []


def _best(lines: Sequence[str], places: Sequence[int], certifier: Certifier, delimiter: str) -> int | None:
    """The first of the lines that hold most of the declared columns; most files begin with one that holds all."""
    best, most = None, -1
    for place in places:
        found = _found(lines[place], certifier, delimiter)
        if found > most:
            best, most = place, found
        if found == len(certifier.source_columns):
            break
    return best


def _keys(line: str, delimiter: str) -> list[str]:
    return [column_key(name) for name in split_line(line, delimiter) or []]


def _found(line: str, certifier: Certifier, delimiter: str) -> int:
    """How many declared columns stand in a line."""
    keys = set(_keys(line, delimiter))
    return sum(column_key(name) in keys for name in certifier.source_columns)


def _matched(line: str, place: int, certifier: Certifier, delimiter: str) -> Header:
    declared = {column_key(name): name for name in (*certifier.source_columns, *certifier.ignored)}
    written = [name.strip() for name in split_line(line, delimiter) or []]
    names = tuple(declared.get(column_key(name), "") for name in written)
    used = [name for name in names if name]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise FileFaultError("E_HEADER_DUPLICATE", f"line {place + 1}: {listed(twice)}")
    otherwise = [name for name, own in zip(names, written, strict=True) if name and name != own]
    notices = (Notice("HEADER_SPELLING", listed(otherwise)),) if otherwise else ()
    unnamed = tuple(number for number, name in enumerate(written) if not column_key(name))
    return Header(names, unnamed, line, place + 1, notices)


def _surplus(line: str, following: Sequence[str], certifier: Certifier, delimiter: str) -> tuple[list[str], int]:
    """Names of a header that the YAML lacks, those that may be told, and how many may not.

    A header that swallowed a row, or a row that is taken for one, must not tell its values: names are told only of a line with at
    least half of the declared columns and as many columns as the next line has values.
    """
    columns = split_line(line, delimiter) or []
    declared = {column_key(name) for name in (*certifier.source_columns, *certifier.ignored)}
    surplus = [name.strip() for name in columns if column_key(name) and column_key(name) not in declared]
    below = next((one for one in following if one.strip()), None)
    even = below is not None and len(split_line(below, delimiter) or []) == len(columns)
    believed = even and _found(line, certifier, delimiter) * 2 >= len(certifier.source_columns)
    told = [name for name in surplus if believed and _PLAIN.fullmatch(name) and _few_digits(name)]
    return told, len(surplus) - len(told)


def _few_digits(name: str) -> bool:
    return sum(sign.isdigit() for sign in name) <= _DIGITS


def _surplus_notice(
    lines: Sequence[str], place: int, header: Header, delimiter: str, certifier: Certifier
) -> tuple[Notice, ...]:
    told, untold = _surplus(lines[place], lines[place + 1 :], certifier, delimiter)
    shown = [*([listed(told)] if told else []), *([plural(untold, "other")] if untold else [])]
    notices = [Notice("COLUMNS_UNKNOWN", ", ".join(shown))] if shown else []
    if header.unnamed:
        notices.append(Notice("COLUMNS_WITHOUT_NAME", plural(len(header.unnamed), "column")))
    return tuple(notices)


def _lacking(lines: Sequence[str], place: int, certifier: Certifier, delimiter: str) -> str:
    """What a header lacks, in names of the YAML, and what it has instead; only of a line that is one."""
    keys = set(_keys(lines[place], delimiter))
    missing = [name for name in certifier.source_columns if column_key(name) not in keys]
    if len(missing) * 2 > len(certifier.source_columns):
        return _declared(certifier)
    told, untold = _surplus(lines[place], lines[place + 1 :], certifier, delimiter)
    instead = f"; not declared: {listed(told)}" if told else ""
    return f"line {place + 1} lacks {listed(missing)}{instead}" + (f"; {untold} more columns" if untold else "")


def _declared(certifier: Certifier) -> str:
    return f"declared are {listed(certifier.source_columns, 40)}"


def _refuse_other_delimiter(lines: Sequence[str], places: Sequence[int], certifier: Certifier, delimiter: str) -> None:
    for other, word in sorted(DELIMITERS.items()):
        if other == delimiter:
            continue
        for place in places:
            if other in lines[place] and _found(lines[place], certifier, other) == len(certifier.source_columns):
                raise FileFaultError("E_DELIMITER", f"line {place + 1} is separated by {word}")


def is_header(line: str, certifier: Certifier, delimiter: str) -> bool:
    """Whether a line within a file is a header once more, in whatever order: it names at least half of the columns, and three."""
    found = _found(line, certifier, delimiter)
    return found >= min(3, len(certifier.source_columns)) and found * 2 >= len(certifier.source_columns)


def same_order(line: str, header: Header, certifier: Certifier, delimiter: str) -> bool:
    """Whether a repeated header has the columns of the first in the same order."""
    declared = {column_key(name): name for name in (*certifier.source_columns, *certifier.ignored)}
    names = tuple(declared.get(key, "") for key in _keys(line, delimiter))
    short = min(len(names), len(header.names))
    return names[:short] == header.names[:short] and not any((*names[short:], *header.names[short:]))
