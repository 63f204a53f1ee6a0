"""Reads the files that an institution submits to the PDP: a header DCE01, DCE02 or DCE03, column headings CH1, details D1, a trailer T1.

Of a cohort and a course file only what tells terms of enrollment is read: no name, no number of a person but the student's id. A
financial aid file tells nothing of that; its records are counted. Layout: the service's pages on header and trailer records; the
trailer counts every record, details and three more. Not here: what is wrong with values (judge.py).
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, KEYS, STUDENT, PdpColumn, key_of
from credential_pipeline.engines.exchange.pdp.read import ROW
from credential_pipeline.engines.exchange.records import KINDS, SUBMITTED_COHORT, SUBMITTED_COURSE
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.layouts import LayoutField
from credential_pipeline.foundation.storage.relation import Relation, Scratch

FILES: Final[Mapping[str, str]] = MappingProxyType({SUBMITTED_COHORT: COHORT, SUBMITTED_COURSE: COURSE})
"""First field of a submission to the analysis-ready file that tells the same; a financial aid file has none."""
TERM_DAYS: Final = ("term_begin_date", "term_end_date")
"""Columns that only a submitted cohort file has: the days of the term of entry."""
_HEADER_FIELDS: Final = 15
_FRAME: Final = 3
"""Records beside the details: header, column headings, trailer."""
_TRAILER_FIELDS: Final = 2
_BATCH: Final = 100_000


def _day(header: str, name: str) -> PdpColumn:
    field = LayoutField(header, name, "date", (), identifier=False, meaning="")
    return PdpColumn(field, later=False, optional=True, filled=False, least=None, most=None, unknown="", form="")


def _read(file: str, *names: str) -> tuple[PdpColumn, ...]:
    by_name = {column.name: column for column in COLUMNS[file]}
    return tuple(by_name[name] for name in names)


def _opeid(file: str) -> PdpColumn:
    (column,) = _read(file, "institution_id")
    return replace(column, form="opeid")


READ: Final[Mapping[str, tuple[PdpColumn, ...]]] = MappingProxyType(
    {
        COHORT: (
            _opeid(COHORT),
            *_read(COHORT, "cohort", "student_id", "cohort_term"),
            _day("Cohort Term Begin Date", TERM_DAYS[0]),
            _day("Cohort Term End Date", TERM_DAYS[1]),
        ),
        COURSE: (
            _opeid(COURSE),
            *_read(
                COURSE, "cohort", "cohort_term", *KEYS[COURSE], "course_type", "course_begin_date", "course_end_date"
            ),
            *_read(COURSE, "credential_engine_identifier"),
        ),
    }
)
"""File to the columns that are read of a submission."""
_NEEDED: Final = ("institution_id", "cohort", "student_id", "cohort_term", "academic_year", "academic_term")
_SECRET: Final = ("ssn", "itin")
"""Headings of numbers that are never kept, and that no id may be."""
_OTHER_HEADERS: Final = MappingProxyType({"term": "academic_term"})
"""Headings of a submission that an analysis-ready file calls otherwise."""


@dataclass(frozen=True)
class Submission:
    """A submitted file whose records are whole.

    Attributes:
        kind: Its first field.
        details: Number of its detail records.
        rows: ``row_number`` and the columns of :data:`READ`, blank as NULL; None for a financial aid file.
        shown: How messages name it.
    """

    kind: str
    details: int
    rows: Relation | None
    shown: str


class _Details:
    """What is kept of the details, column by column; never a whole record, of which most is not ours to read."""

    def __init__(self, places: Mapping[str, int], secret: Sequence[int], width: int) -> None:
        self.places, self.secret, self.width = places, secret, width
        self.size = self.wrong = self.first_wrong = self.numbers = 0
        self._batches: list[pa.RecordBatch] = []
        self._begin()

    def add(self, line: int, fields: Sequence[str]) -> None:
        """Take a detail, or count it as a wrong one."""
        self.size += 1
        if _first(fields) != "D1" or not _fits(fields, self.width):
            self.wrong += 1
            self.first_wrong = self.first_wrong or line
            return
        self._lines.append(line)
        self.numbers += self._is_number(fields)
        for name, values in self._values.items():
            values.append(fields[self.places[name]].strip() or None)
        if len(self._lines) == _BATCH:
            self._keep()

    def table(self, names: Sequence[str]) -> pa.Table:
        """``row_number`` and the columns of these names; NULL where the file lacks one."""
        self._keep()
        found = pa.Table.from_batches(self._batches)
        for name in names:
            if name not in self.places:
                found = found.append_column(name, pa.nulls(found.num_rows, pa.string()))
        return found.select([ROW, *names])

    def _is_number(self, fields: Sequence[str]) -> bool:
        """Whether the student's id is the number of a person that the record holds as well."""
        student = self.places.get(STUDENT)
        given = fields[student].replace("-", "").strip() if student is not None else ""
        return bool(given) and given in {fields[place].replace("-", "").strip() for place in self.secret}

    def _begin(self) -> None:
        self._lines: list[int] = []
        self._values: dict[str, list[str | None]] = {name: [] for name in self.places}

    def _keep(self) -> None:
        columns = {ROW: pa.array(self._lines, pa.int64())}
        columns |= {name: pa.array(values, pa.string()) for name, values in self._values.items()}
        self._batches.append(pa.RecordBatch.from_pydict(columns))
        self._begin()


def read_submission(work: Scratch, path: Path, kind: str) -> Submission:
    """Read a submitted file whose records are whole.

    Args:
        work: Makes the relation.
        path: A CSV file in UTF-8.
        kind: What it begins with.

    Raises:
        SafeError: ``E_PDP_UNREADABLE``, ``E_PDP_HEADER``, ``E_PDP_TRAILER``, ``E_PDP_COUNT``, ``E_PDP_RECORD``, ``E_PDP_EMPTY``,
            ``E_PDP_SSN``.
    """
    shown = shown_file(path)
    is_a = f"{shown} ({KINDS[kind]})"
    records = _records(path, shown)
    _check_header(next(records)[1], kind, is_a)
    line, headings = last = next(records, (1, []))
    # Where the headings are missing the next record may be the trailer, whose absence tells more.
    places = _places(headings, FILES[kind], shown) if kind in FILES and _first(headings) == "CH1" else {}
    secret = [place for place, heading in enumerate(headings) if key_of(heading) in _SECRET] if places else []
    details, size = _Details(places, secret, len(_stripped(headings))), 2
    for size, following in enumerate(records, 3):
        if size > _FRAME:
            details.add(*last)
        last = following
    _check_trailer(*last, size, is_a)
    if _first(headings) != "CH1":
        raise SafeError("E_PDP_HEADER", f"{is_a}: line {line} holds no column headings CH1")
    if not details.size:
        raise SafeError("E_PDP_EMPTY", f"{is_a}: there is no detail record D1")
    if details.wrong:
        message = (
            f"{is_a}: {details.wrong} records, the first in line {details.first_wrong}, are no D1 of {details.width} fields as"
            " the headings"
        )
        raise SafeError("E_PDP_RECORD", message)
    if details.numbers:
        message = f"{is_a}: {details.numbers} students have a Social Security number or an ITIN for an id; nothing of the file is kept"
        raise SafeError("E_PDP_SSN", message)
    if kind not in FILES:
        return Submission(kind, details.size, None, shown)
    names = [column.name for column in READ[FILES[kind]]]
    return Submission(kind, details.size, work.frame(f"submitted_{FILES[kind]}", details.table(names)), shown)


def _records(path: Path, shown: str) -> Iterator[tuple[int, list[str]]]:
    """The records of a file with their lines; blank ones at the end, as spreadsheets leave them, are no records."""
    blank: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for fields in reader:
                if not any(field.strip() for field in fields):
                    blank.append(reader.line_num)
                    continue
                if any("\0" in field for field in fields):
                    raise csv.Error
                yield from ((line, []) for line in blank)
                blank.clear()
                yield reader.line_num, fields
    except (OSError, UnicodeDecodeError, csv.Error):
        message = f"{shown} can't be read; write it again as CSV in UTF-8 with commas"
        raise SafeError("E_PDP_UNREADABLE", message) from None


def _check_header(header: Sequence[str], kind: str, is_a: str) -> None:
    if len(header) < _HEADER_FIELDS or any(field.strip() for field in header[_HEADER_FIELDS:]):
        raise SafeError("E_PDP_HEADER", f"{is_a}: the header {kind} has not its {_HEADER_FIELDS} fields")


def _check_trailer(line: int, trailer: Sequence[str], size: int, is_a: str) -> None:
    """Refuse a file without a trailer, or one that counts otherwise."""
    if _first(trailer) != "T1":
        raise SafeError("E_PDP_TRAILER", f"{is_a} does not end with a trailer T1; it may be cut off")
    said = trailer[1].strip() if len(trailer) > 1 else ""
    # As text: Python makes no number of more digits than it likes.
    if (
        not (said.isascii() and said.isdigit())
        or said.lstrip("0") != str(size)
        or len(_stripped(trailer)) > _TRAILER_FIELDS
    ):
        message = f"{is_a}: the trailer in line {line} counts otherwise than the {size} records, header, headings and trailer included"
        raise SafeError("E_PDP_COUNT", message)


def _first(fields: Sequence[str]) -> str:
    return fields[0].strip() if fields else ""


def _stripped(fields: Sequence[str]) -> Sequence[str]:
    """A record without the blank fields that spreadsheets add at its end."""
    ends = [place for place, field in enumerate(fields, 1) if field.strip()]
    return fields[: max(ends, default=0)]


def _fits(fields: Sequence[str], width: int) -> bool:
    return len(fields) >= width and not any(field.strip() for field in fields[width:])


def _places(headings: Sequence[str], file: str, shown: str) -> dict[str, int]:
    """Place of each column that is read.

    Raises:
        SafeError: ``E_PDP_HEADER``: a heading is missing or stands twice.
    """
    known = {key_of(word): column.name for column in READ[file] for word in (column.field.header, column.name)}
    known |= {key: name for key, name in _OTHER_HEADERS.items() if name in known.values()}
    found = [(known.get(key_of(heading), ""), place) for place, heading in enumerate(headings)]
    names = [name for name, _ in found if name]
    absent = [column.field.header for column in READ[file] if column.name in _NEEDED and column.name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if absent or twice:
        what = f"lacks the headings {', '.join(absent)}" if absent else f"has a heading twice: {', '.join(twice)}"
        raise SafeError("E_PDP_HEADER", f"{shown} {what}")
    return {name: place for name, place in found if name}
