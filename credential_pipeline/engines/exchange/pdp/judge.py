"""What is wrong with the rows of a PDP file: one line a fault, with the column, the number of rows and the first of them, never a value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, KEYS, STUDENT, UNKNOWN, PdpColumn
from credential_pipeline.engines.exchange.pdp.read import INSTITUTION, ROW
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_EARNED: Final = "number_of_credits_earned"
_DIGITS: Final = r"[+-]?(\d+\.?\d*|\.\d+)"
_SIGNS: Final = r"[[:cntrl:]\x{80}-\x{9f}\x{2028}\x{2029}]"
_TOLD: Final = 5
"""Faults that a refusal tells."""
_FEW_VALUES: Final = 15
"""Allowed values up to which a fault lists them."""
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "school_year": (
        r"regexp_full_match({0}, '\d{{4}}-\d{{2}}') AND (try_cast(left({0}, 4) AS INTEGER) + 1) % 100 = try_cast(right({0}, 2) AS INTEGER)",
        "a school year such as 2016-17",
    ),
    "ctid": (
        "regexp_full_match({0}, 'ce-[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}')",
        "a CTID: ce- and a UUID",
    ),
    "opeid": ("regexp_full_match({0}, '\\d{{1,8}}')", "an OPEID of eight digits"),
}
"""Name of a form to the condition on a text, and what it is called."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        code: A stable code.
        what: A sentence without a value of the file.
        rows: How many rows it concerns.
        row: The first of them; the header is row 1. None if it is about the whole file.
    """

    code: str
    what: str
    rows: int
    row: int | None

    def __str__(self) -> str:
        """The sentence and where."""
        where = "" if self.row is None else f" ({self.rows} row{'s' if self.rows > 1 else ''}, first row {self.row})"
        return self.what + where


class PdpError(SafeError):
    """A file that has faults.

    Attributes:
        row: The first row that the first fault is about; the header is row 1. None if it is about the whole file.
    """

    def __init__(self, code: str, message: str, row: int | None) -> None:
        """Keep code, message and row."""
        self.row = row
        super().__init__(code, message)


def faults(
    work: Scratch, file: str, rows: Relation, columns: Sequence[PdpColumn] | None = None, today: date | None = None
) -> tuple[Fault, ...]:
    """What is wrong with the rows of a file.

    Args:
        work: Runs the queries.
        file: ``cohort`` or ``course``.
        rows: ``row_number`` and the columns of the file, as text.
        columns: Those that are judged, where they are not all of an analysis-ready file's.
        today: The day: no cohort and no course is of a later year. None where that is not judged.

    Returns:
        Faults of whole rows first, then column by column; none if all is well.
    """
    if not _counted(work, rows, ["true"])[0][0]:
        return (Fault("E_PDP_EMPTY", "there is no row", 0, None),)
    across = _of_rows(file) if columns is None else _of_days(columns)
    judged = columns or COLUMNS[file]
    tests = [*across, *(test for column in judged for test in (*_of_column(column), *_of_years(column, today)))]
    counted = _counted(work, rows, [condition for _, _, condition in tests])
    found = [Fault(code, what, n, first) for (code, what, _), (n, first) in zip(tests, counted, strict=True) if n]
    return (*_of_file(work, rows), *_repeated(work, file, rows), *found)


def refuse(found: Sequence[Fault], shown: str) -> None:
    """Refuse a file that has faults.

    Args:
        found: What is wrong with it.
        shown: How the message names it.

    Raises:
        PdpError: With the code and the row of the first fault.
    """
    if found:
        more = f"; and {len(found) - _TOLD} more faults" if len(found) > _TOLD else ""
        raise PdpError(found[0].code, f"{shown}: {'; '.join(map(str, found[:_TOLD]))}{more}", found[0].row)


def _counted(work: Scratch, rows: Relation, conditions: Sequence[str]) -> list[tuple[int, int | None]]:
    """Number of rows for which each condition holds, and the first of them."""
    # A condition on what is not known does not hold.
    parts = ", ".join(
        f"count(*) FILTER (WHERE {condition}), min({ROW}) FILTER (WHERE {condition})" for condition in conditions
    )
    (values,) = work.con.execute(f"SELECT {parts} FROM {rows}").fetchall()
    return list(zip(values[::2], values[1::2], strict=True))


def _of_file(work: Scratch, rows: Relation) -> Iterator[Fault]:
    ((institutions,),) = work.con.execute(f"SELECT count(DISTINCT {INSTITUTION}) FROM {rows}").fetchall()
    if institutions > 1:
        what = f"Institution ID: there are {institutions} institutions; send a file for each"
        yield Fault("E_PDP_INSTITUTIONS", what, institutions, None)


def _repeated(work: Scratch, file: str, rows: Relation) -> Iterator[Fault]:
    key = ", ".join(KEYS[file])
    ((n, first),) = work.con.execute(
        f"SELECT count(*), min({ROW}) FROM (SELECT {ROW} FROM {rows}"
        f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {ROW}) > 1)"
    ).fetchall()
    if n:
        told = {COHORT: "a student stands twice", COURSE: "a student has a section twice in a term"}[file]
        yield Fault("E_PDP_KEY", told, n, first)


def _of_rows(file: str) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and condition of what is wrong across columns."""
    for column in COLUMNS[file]:
        if column.name.startswith(_EARNED):
            attempted = column.name.replace(_EARNED, "number_of_credits_attempted", 1)
            yield (
                "E_PDP_CREDITS",
                f"{column.field.header}: more than attempted",
                f"try_cast({column.name} AS DOUBLE) > try_cast({attempted} AS DOUBLE)",
            )


def _of_days(columns: Sequence[PdpColumn]) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and condition of a term or course that ends before it begins; the service itself takes no such file."""
    named = {column.name: column for column in columns}
    for name, column in named.items():
        begin = named.get(name.replace("_end_date", "_begin_date"))
        if begin is not None and begin is not column:
            # Days of eight digits are in the order of their texts.
            yield "E_PDP_VALUE", f"{column.field.header}: before {begin.field.header}", f"{name} < {begin.name}"


def _of_column(column: PdpColumn) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and condition of what can be wrong with a value."""
    name, header = column.name, column.field.header
    if name == STUDENT:
        # Nine digits in a row may be a student's number; three, two and four are none.
        number = r"'\d{3}[ -]\d{2}[ -]\d{4}'"
        yield "E_PDP_SSN", f"{header}: is written as a Social Security number", f"regexp_full_match({name}, {number})"
    if column.filled:
        yield "E_PDP_BLANK", f"{header}: must be filled", f"{name} IS NULL"
    given = f"{name} IS NOT NULL AND upper({name}) <> '{UNKNOWN}'"
    judge = _KINDS.get(column.field.kind)
    if judge:
        condition, what = judge(column)
        yield "E_PDP_VALUE", f"{header}: must be {what}", f"{given} AND NOT coalesce({condition}, false)"
    if column.form:
        condition, what = _FORMS[column.form]
        yield "E_PDP_VALUE", f"{header}: must be {what}", f"{given} AND NOT coalesce({condition.format(name)}, false)"


def _of_years(column: PdpColumn, today: date | None) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and condition of a school year that has not begun, and will not this year."""
    if today is not None and column.form == "school_year":
        what = f"{column.field.header}: must not begin after {today.year}"
        yield "E_PDP_VALUE", what, f"try_cast(left({column.name}, 4) AS INTEGER) > {today.year}"


def _text(column: PdpColumn) -> tuple[str, str]:
    # RE2 counts NUL, tabs and ends of lines among these signs.
    return f"NOT regexp_matches({column.name}, {literal(_SIGNS)})", "one line without control characters"


def _code(column: PdpColumn) -> tuple[str, str]:
    values = column.field.values
    allowed = ", ".join(literal(value.upper()) for value in values)
    told = ", ".join(values) if len(values) <= _FEW_VALUES else "a value of the data dictionary"
    return f"upper({column.name}) IN ({allowed})", f"one of {told}"


def _number(column: PdpColumn) -> tuple[str, str]:
    number = f"try_cast({column.name} AS DOUBLE)"
    # Words such as inf and nan are numbers to the engine, and so is 1e5.
    bounds = [f"regexp_full_match({column.name}, {literal(_DIGITS)})"]
    bounds += [f"{number} >= {column.least:g}"] if column.least is not None else []
    bounds += [f"{number} <= {column.most:g}"] if column.most is not None else []
    whole = column.field.kind == "integer"
    bounds += [f"{number} = floor({number})"] if whole else []
    kind = "a whole number" if whole else "a number"
    return " AND ".join(bounds), kind + _span(column)


def _span(column: PdpColumn) -> str:
    if column.least is None:
        return ""
    return f" of {column.least:g} or more" if column.most is None else f" from {column.least:g} to {column.most:g}"


def _date(column: PdpColumn) -> tuple[str, str]:
    return (
        f"regexp_full_match({column.name}, '(19|20)\\d{{6}}') AND try_strptime({column.name}, '%Y%m%d') IS NOT NULL",
        "a day as YYYYMMDD of 1900 to 2099",
    )


_KINDS: Final[Mapping[str, Callable[[PdpColumn], tuple[str, str]]]] = {
    "code": _code,
    "number": _number,
    "integer": _number,
    "date": _date,
    "text": _text,
}
"""Kind of a column to the condition on a value, and what it must be."""
