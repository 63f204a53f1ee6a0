"""StudentTracker detail reports, as they are named, laid out and read: CSV, one row an enrollment, a degree, a credential, or nothing found.

The service's columns come first, in its order; ours on industry credentials follow, so that a reader who goes by the service's names
finds them all. A received report may lack ours, may hold columns unknown here and may write its headers in other cases.
Not here: which rows a person gets.
"""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.engines.exchange.records import KINDS, record_kind
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import is_plain, shown_file
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.storage.relation import Relation, Scratch

NEEDED: Final = ("requester_return_field", "record_found")
"""Columns without which a received report says nothing of anybody."""
OWN: Final = "credential_"
"""Begin of the names of the columns that the service itself does not have."""
_NAMED: Final = re.compile(r"\d{8}_[\da-f]{1,16}_DETLRPT_[A-Z]{2}_(?:\d{8,14}_)?")
"""How :func:`report_name` begins: codes, ids and times, which are nobody's name."""


REPORT: Final = LAYOUTS["student_tracker_report"]
"""The columns of a report in their order."""
NAMES: Final = tuple(field.name for field in REPORT)
"""Their names here."""


def report_name(header: Header, request_id: str, original: str) -> str:
    """File name of the report on a request, the same whenever it is answered.

    Args:
        header: The request's header.
        request_id: The request's id.
        original: File name of the request.
    """
    stem = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in Path(original).stem)
    made = f"{header.file_date:%m%d%Y}000000"
    return f"{header.school_code}{header.branch}_{request_id}_DETLRPT_{header.query_type}_{made}_{stem}.csv"


def shown_report(path: Path) -> str:
    """The name of a report if it can be nobody's, as that of one that was called by :func:`report_name` after such a file."""
    made = _NAMED.match(path.name)
    return path.name if made and is_plain(path.name[made.end() :]) else shown_file(path)


def read_report(work: Scratch, path: Path, needed: Sequence[str] = NEEDED) -> Relation:
    """Read a report as it was received: one row a line, with every column of :data:`NAMES` as text, NULL if blank.

    Return fields keep their blanks, whatever they hold; other values are trimmed.

    Args:
        work: Makes the relation.
        path: The file.
        needed: Columns that it must have, by their names here.

    Raises:
        SafeError: ``E_REPORT_UNREADABLE``, ``E_REPORT_ENCODING``, ``E_REPORT_COLUMN`` (names missing columns), ``E_REPORT_CODE`` (a
            row says neither Y nor N), ``E_REPORT_CUT`` (the last line has no line end), ``E_REPORT_KIND`` (another file of the services).
    """
    shown = shown_report(path)
    if kind := record_kind(path):
        raise SafeError("E_REPORT_KIND", f"{shown} is {KINDS[kind]} ({kind}), and no detail report; put that there")
    headers = _headers(path.read_bytes(), shown)
    present = {_key(header): place for place, header in reversed(list(enumerate(headers)))}
    named = {column.name: present.get(_key(column.header)) for column in REPORT}
    missing = [column.header for column in REPORT if column.name in needed and named[column.name] is None]
    if missing:
        what = f"column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        raise SafeError("E_REPORT_COLUMN", f"{shown} lacks the {what} of a StudentTracker detail report")
    columns = {f"c{place}": "VARCHAR" for place in range(len(headers))}
    chosen = ", ".join(f"{_value(name, place)} AS {name}" for name, place in named.items())
    try:
        rows = work.table(
            "report_rows",
            f"SELECT {chosen} FROM read_csv(?, auto_detect = false, header = true, columns = ?, delim = ',', quote = '\"',"
            " escape = '\"', nullstr = '', strict_mode = true)",
            [str(path), columns],
        )
    except duckdb.Error:
        raise _unreadable(shown) from None
    odd = work.con.execute(
        f"SELECT count(*) FROM {rows} WHERE record_found IS NULL OR record_found NOT IN ('Y', 'N')"
    ).fetchall()[0][0]
    if odd:
        raise SafeError("E_REPORT_CODE", f"{shown}: {odd} rows say neither Y nor N under Record Found Y/N")
    return rows


def _headers(content: bytes, shown: str) -> list[str]:
    """The first line of a file, which must be whole and in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        message = f"{shown} is not written in UTF-8; save the report again as CSV in UTF-8"
        raise SafeError("E_REPORT_ENCODING", message)
    if not content.endswith((b"\n", b"\r")):
        message = f"{shown} is empty or cut off: its last line has no line end; put the whole report there"
        raise SafeError("E_REPORT_CUT", message)
    try:
        return next(csv.reader(io.StringIO(text.split("\n", 1)[0]), strict=True))
    except (csv.Error, StopIteration):
        raise _unreadable(shown) from None


def _unreadable(shown: str) -> SafeError:
    return SafeError("E_REPORT_UNREADABLE", f"{shown} cannot be read as CSV; save the report again as it was received")


def _key(header: str) -> str:
    """A header without what loaders change: case, blanks, underscores."""
    return "".join(letter for letter in header.lower() if letter not in " _")


def _value(name: str, place: int | None) -> str:
    if place is None:
        return "NULL::VARCHAR"
    kept = f"c{place}" if name == "requester_return_field" else f"trim(c{place})"
    return f"upper({kept})" if name == "record_found" else f"nullif({kept}, '')"
