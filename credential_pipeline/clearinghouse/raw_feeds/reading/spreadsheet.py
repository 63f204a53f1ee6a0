"""A sheet of an .xlsx file as text: one line a row, ids and dates as a person reads them.

A whole number has no decimal point, a date is ISO, a truth is TRUE or FALSE. Not here: whether the file may be opened (preflight.py).
"""

import csv
import datetime
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from python_calamine import CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice, plural, told
from credential_pipeline.clearinghouse.raw_feeds.reading.preflight import preflight

T = TypeVar("T")
_AT_ONCE: Final = 20_000
"""Rows of a block."""
_EXACT: Final = 10**15
"""Whole numbers from here on have lost digits: a spreadsheet keeps fifteen."""
_BREAKS: Final = str.maketrans({"\n": " ", "\r": " ", "\v": " ", "\f": " "})


def sheet_text(content: bytes, sheet: str | None, most: int) -> tuple[Iterator[bytes], list[Notice]]:
    """The rows of a sheet as lines of comma-separated text, with what should be known of them.

    Args:
        content: Bytes of the file.
        sheet: Name of the sheet; None for the only one that holds rows.
        most: Bytes that the file may have unpacked.

    Raises:
        FileFaultError: E_SPREADSHEET, E_SHEET or E_TOO_LARGE.
    """
    formulas = preflight(content, most)
    notices = [Notice("FORMULAS", plural(formulas, "cell"))] if formulas else []
    rows = _guarded(lambda: _rows(content, sheet))
    counts: Counter[str] = Counter()
    blocks = [_block(rows[start : start + _AT_ONCE], counts) for start in range(0, len(rows), _AT_ONCE)]
    return iter(blocks), [*notices, *told(counts, "cell")]


def sheet_names(content: bytes, most: int) -> list[str]:
    """Names of the visible sheets that hold rows, in the order of the file.

    Args:
        content: Bytes of the file.
        most: Bytes that the file may have unpacked.

    Raises:
        FileFaultError: E_SPREADSHEET or E_TOO_LARGE.
    """
    preflight(content, most)
    return _guarded(lambda: [name for name, _ in _filled(*_opened(content))])


def _guarded(opened: Callable[[], list[T]]) -> list[T]:
    """Run what opens a file that may be broken in any way; its library may even panic, which is no Exception."""
    try:
        return opened()
    except (FileFaultError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001 - see above
        raise FileFaultError("E_SPREADSHEET", "it is damaged") from None


def _rows(content: bytes, name: str | None) -> list[list[Any]]:
    book, sheets = _opened(content)
    if name is not None:
        if name not in [one.name for one in sheets]:
            raise FileFaultError("E_SHEET", f"it has {plural(len(sheets), 'sheet')}, none of the declared name")
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    filled = _filled(book, sheets)
    if len(filled) > 1:
        raise FileFaultError("E_SHEET", f"{plural(len(filled), 'sheet')} hold rows")
    return filled[0][1] if filled else []


def _opened(content: bytes) -> tuple[CalamineWorkbook, list[SheetMetadata]]:
    """A spreadsheet and what is known of its sheets, those of charts and macros left out."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book, [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]


def _filled(book: CalamineWorkbook, sheets: Iterable[SheetMetadata]) -> list[tuple[str, list[list[Any]]]]:
    """The visible sheets that hold rows, with them."""
    seen = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
    found = ((name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in seen)
    return [(name, rows) for name, rows in found if rows]


def _block(rows: Sequence[Sequence[Any]], counts: Counter[str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        values = [cell if cell.__class__ is str else _text(cell, counts) for cell in row]
        if any(values):
            writer.writerow(_one_line(values, counts))
        else:
            buffer.write("\n")
    return buffer.getvalue().encode("utf-8", errors="replace")


def _one_line(values: list[str], counts: Counter[str]) -> Iterable[str]:
    """Values without line ends, since a row is a line."""
    joined = "".join(values)
    if joined.isprintable():
        return values
    broken = sum(value != value.translate(_BREAKS) for value in values)
    counts["LINE_ENDS_IN_CELLS"] += broken
    return [value.translate(_BREAKS) for value in values] if broken else values


def _text(cell: Any, counts: Counter[str]) -> str:
    """A cell as text; the order of questions matters, since a truth is an int and a datetime a date."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer():
            if abs(cell) < _EXACT:
                return str(int(cell))
            counts["LONG_NUMBERS"] += 1
        return repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)
