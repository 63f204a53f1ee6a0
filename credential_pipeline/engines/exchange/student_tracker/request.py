"""Reads a StudentTracker request: a header H1, one detail D1 a person, a trailer T1, tabs between the fields, no quotes.

Read as partners send it: UTF-8 or Windows-1252, with or without a byte order mark, any line end, accented names, empty fields
added at the end by spreadsheets. Whatever leaves open who is meant or who asks refuses the whole file, in one line that names
lines and no value. Layout: the service's submission guide, as in the public preparation scripts. Not here: writing one
(request_writer.py).
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from credential_pipeline.engines.exchange.records import HIGH_SCHOOL, KINDS, REQUEST
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

QUERY_TYPES: Final = {
    "SE": "subsequent enrollment",
    "CO": "longitudinal cohort",
    "DA": "declined admission",
    "PA": "prior attendance",
}
"""Code of a query and what it asks for."""
SSN_ALLOWED: Final = ("PA",)
"""Queries whose layout has room for a Social Security number; of one that stands there the last four digits are kept."""
FIELDS: Final = 12
"""Fields of a detail row."""
HEADER_FIELDS: Final = 7
HIGH_SCHOOL_FIELDS: Final = 28
"""Fields of a record PD3."""
LEAST_ROWS: Final = 11
"""Detail rows below which the service itself takes no file; fewer are answered here, with a warning."""
LONGEST_RETURN_FIELD: Final = 50
LONGEST_NAME: Final = 100
"""Characters of a part of a name, five times those that the service itself keeps; what is longer is no name."""
COLUMNS: Final = (
    "row",
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "birth_date",
    "ssn_last4",
    "search_date",
    "return_field",
)
"""Columns of the rows of a request."""
_ID: Final = 16
_EIGHT_DIGITS: Final = re.compile(r"\A[0-9]{8}\Z")


@dataclass(frozen=True)
class Header:
    """Who asks, when and what for.

    Attributes:
        school_code: Six digits.
        branch: Two digits.
        name: Name of the school or organization.
        file_date: Day on which the file was made.
        query_type: A key of :data:`QUERY_TYPES`.
    """

    school_code: str
    branch: str
    name: str
    file_date: date
    query_type: str


@dataclass(frozen=True)
class Request:
    """A request that can be answered.

    Attributes:
        id: First hex digits of the file's sha256.
        header: Its header.
        rows: One row a person: :data:`COLUMNS`; ``row`` is the line in the file, names as written.
        size: How many rows.
    """

    id: str
    header: Header
    rows: Relation
    size: int

    @property
    def warning(self) -> str:
        """What is unusual and still answered; empty if nothing is."""
        if self.size >= LEAST_ROWS:
            return ""
        return f"the service itself takes no file of fewer than {LEAST_ROWS} people; this one asks for {self.size}"


class RequestError(SafeError):
    """A request that is not answered.

    Attributes:
        line: The line that it is about; 0 where it is the whole file.
    """

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        """Keep code, message and line."""
        self.line = line
        super().__init__(code, f"line {line}: {message}" if line else message)


def request_id(content: bytes) -> str:
    """The id of a request: the same bytes are the same request."""
    return hashlib.sha256(content).hexdigest()[:_ID]


def read_request(work: Scratch, path: Path, *, school_code: str, branch: str = "") -> Request:
    """Read a request and check it whole.

    Args:
        work: Makes the relation.
        path: The file.
        school_code: Six digits under which the sender may ask; empty for one that has none.
        branch: Two digits under which it may ask; empty for every branch.

    Raises:
        RequestError: ``E_REQUEST_ENCODING``, ``E_REQUEST_HEADER``, ``E_REQUEST_TYPE``, ``E_REQUEST_TRAILER``, ``E_REQUEST_COUNT``,
            ``E_REQUEST_RECORD``, ``E_REQUEST_KIND``, ``E_REQUEST_SCHOOL``, ``E_REQUEST_SSN``, ``E_REQUEST_DATE``, ``E_REQUEST_RETURN_FIELD``.
    """
    content = path.read_bytes()
    text = _decode(content)
    first = text.split("\n", 1)[0]
    _refuse_others(work, first.split("\t", 1)[0].strip(), text)
    header = _header(first, school_code, branch)
    # The file is one value of one statement, so that no row is touched in Python.
    lines = work.table("request_lines", statement(__package__, "lines.sql"), {"text": text})
    _check_frame(work, lines, "D1", "T1", FIELDS)
    details = work.table("request_details", statement(__package__, "details.sql", lines=lines))
    work.drop(lines)
    _check_details(work, details, header, branch)
    rows = work.table("request_rows", statement(__package__, "rows.sql", details=details))
    size = int(work.con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])
    work.drop(details)
    return Request(request_id(content), header, rows, size)


def _decode(content: bytes) -> str:
    """The text with one kind of line end, without what follows the last one."""
    text = ""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if not text.strip() or "\0" in text:
        raise RequestError(
            "E_REQUEST_ENCODING", "the file is empty or no text in UTF-8 or Windows-1252; save it as tab-delimited text"
        )
    return text


def _header(line: str, school_code: str, branch: str) -> Header:
    """The first line as a header."""
    fields = [field.strip() for field in line.split("\t")]
    if fields[0] != "H1" or len(fields) < HEADER_FIELDS or any(fields[HEADER_FIELDS:]):
        message = f"a request begins with a header H1 of {HEADER_FIELDS} fields between tabs, from the school code to the letter I"
        raise RequestError("E_REQUEST_HEADER", message, 1)
    _, code, at, name, made, query, letter = fields[:HEADER_FIELDS]
    if (school_code and code != school_code) or (branch and at != branch):
        message = "the header names another school or branch than the agreement; ask under your own code"
        raise RequestError("E_REQUEST_SCHOOL", message, 1)
    if not _EIGHT_DIGITS.match(code + at) or len(at) != len("00") or letter != "I":
        message = "the school code has six digits, the branch two, and the seventh field is the letter I"
        raise RequestError("E_REQUEST_HEADER", message, 1)
    if query not in QUERY_TYPES:
        raise RequestError("E_REQUEST_TYPE", f"the query type must be {', '.join(QUERY_TYPES)}", 1)
    try:
        day = date.fromisoformat(made if _EIGHT_DIGITS.match(made) else "")
    except ValueError:
        raise RequestError("E_REQUEST_DATE", "the date of the file is no day written as 20261231", 1) from None
    return Header(code, at, name, day, query)


def _refuse_others(work: Scratch, kind: str, text: str) -> None:
    """Refuse another file of the services by its name; one of high-school graduates after a look whether it is whole."""
    kind = kind if "," not in kind else kind.split(",", 1)[0]
    if kind not in KINDS or kind == REQUEST:
        return
    if kind != HIGH_SCHOOL:
        raise RequestError("E_REQUEST_KIND", f"the file is {KINDS[kind]} ({kind}) and asks for nobody", 1)
    lines = work.table("request_lines", statement(__package__, "lines.sql"), {"text": text})
    last = _check_frame(work, lines, "PD3", "PT3", HIGH_SCHOOL_FIELDS)
    work.drop(lines)
    message = (
        f"the file is {KINDS[kind]} ({kind}) with {last - 2} records PD3; no agreement is about a high school's, so ask for your own"
        " people with H1 and D1"
    )
    raise RequestError("E_REQUEST_KIND", message, 1)


def _check_frame(work: Scratch, lines: Relation, detail: str, trailer: str, fields: int) -> int:
    """Refuse a file whose trailer is missing or counts otherwise, or with a line that is no record; the number of its lines."""
    last, kind, said = work.con.execute(
        f"SELECT line, trim(fields[1]), trim(coalesce(fields[2], '')) FROM {lines} ORDER BY line DESC LIMIT 1"
    ).fetchall()[0]
    if kind != trailer or last == 1:
        message = f"the file does not end with a trailer {trailer}; it may be cut off"
        raise RequestError("E_REQUEST_TRAILER", message, int(last))
    # As text: Python makes no number of more digits than it likes.
    if not (said.isascii() and said.isdigit()) or said.lstrip("0") != str(last):
        message = f"the trailer's count differs from the {last} lines of the file, header and trailer included"
        raise RequestError("E_REQUEST_COUNT", message, int(last))
    if last == len("HT"):
        raise RequestError(
            "E_REQUEST_RECORD", f"the file asks for nobody: there is no {detail} between header and trailer"
        )
    rest = f"array_to_string(fields[{fields + 1}:], '')"
    wrong = f"trim(fields[1]) <> '{detail}' OR len(fields) < {fields} OR trim({rest}) <> ''"
    odd = _first(work, lines, f"line > 1 AND line < {last} AND ({wrong})")
    if odd:
        message = f"every line between header and trailer is a {detail} of {fields} fields between tabs"
        raise RequestError("E_REQUEST_RECORD", message, odd)
    return int(last)


def _check_details(work: Scratch, details: Relation, header: Header, branch: str) -> None:
    """Refuse a file with a row that may not be asked, or not so."""
    allowed = "ssn <> '' AND NOT ssn_readable" if header.query_type in SSN_ALLOWED else "ssn <> ''"
    other = f"school_code NOT IN ('', '{header.school_code}')" + (
        f" OR branch NOT IN ('', '{branch}')" if branch else ""
    )
    longest = "greatest(length(first_name), length(middle_name), length(last_name), length(name_suffix))"
    checks = (
        (
            "E_REQUEST_RECORD",
            f"{longest} > {LONGEST_NAME}",
            f"a part of a name is longer than {LONGEST_NAME} characters",
        ),
        (
            "E_REQUEST_SSN",
            f"({allowed}) OR ssn_elsewhere",
            "a Social Security number stands where none is allowed; nothing of the file is kept, send it again without",
        ),
        (
            "E_REQUEST_SCHOOL",
            other,
            "the row names another school or branch than the agreement; ask for your own people",
        ),
        (
            "E_REQUEST_DATE",
            "(birth_text <> '' AND birth_date IS NULL) OR (search_text <> '' AND search_date IS NULL)",
            "a birth date or search date is no day written as 20261231",
        ),
        ("E_REQUEST_DATE", "search_date IS NULL", "the row has no search date, from which (or before which) to look"),
        (
            "E_REQUEST_RETURN_FIELD",
            f"length(return_field) > {LONGEST_RETURN_FIELD}",
            f"the return field is longer than {LONGEST_RETURN_FIELD} characters",
        ),
    )
    for code, condition, message in checks:
        line = _first(work, details, condition)
        if line:
            raise RequestError(code, message, line)
    twice = work.con.execute(
        f"SELECT min(line), (list(line ORDER BY line))[2] FROM {details} WHERE return_field <> '' GROUP BY return_field"
        " HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
    ).fetchall()
    if twice:
        one, two = twice[0]
        message = f"the return field is that of line {one}, so that their answers could not be told apart"
        raise RequestError("E_REQUEST_RETURN_FIELD", message, int(two))


def _first(work: Scratch, rows: Relation, condition: str) -> int:
    """The first line that meets a condition; 0 if none does."""
    return int(work.con.execute(f"SELECT coalesce(min(line), 0) FROM {rows} WHERE {condition}").fetchall()[0][0])
