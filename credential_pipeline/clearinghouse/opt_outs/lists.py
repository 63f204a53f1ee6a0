"""Reads ``opt_outs/*.csv`` and ``opt_outs/rescissions/*.csv``: strictly, since a line that is misread is a person exposed.

Somebody unknown is no mistake: the entry is kept and may concern somebody later. Anything that leaves open who is meant, by
whom or since when is refused, with the file and the line and without a value.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.names import NAME

FOLDER: Final = "opt_outs"
RESCISSIONS: Final = "rescissions"
SOURCES: Final = ("certifier", "school", "individual")
SCOPES: Final = ("all", "certifier", "industry")
_WHO: Final = ("source", "certifier", "record_id", "person_ref", "student_id", "first_name", "last_name", "birth_date")
COLUMNS: Final = (*_WHO, "scope", "received", "note")
"""Columns of a list of opt-outs; ``industry`` may stand there, too."""
RESCISSION_COLUMNS: Final = (*_WHO, "received", "reason")
"""Columns of a list of rescissions."""


@dataclass(frozen=True)
class Entry:
    """One line of a list: who said it, of whom, and when it was received; missing values are None.

    Attributes:
        scope: ``all``, ``certifier`` or ``industry``; of a rescission always ``all``.
        industry: The industry that a scope of ``industry`` is about; None for every industry.
    """

    source: str
    certifier: str | None
    record_id: str | None
    person_ref: str | None
    student_id: str | None
    first_name: str | None
    last_name: str | None
    birth_date: date | None
    received: date
    scope: str = "all"
    industry: str | None = None


@dataclass(frozen=True)
class OptOuts:
    """What the steward's lists say."""

    entries: tuple[Entry, ...] = ()
    rescissions: tuple[Entry, ...] = ()

    def rescinded_by(self, source: str) -> tuple[Entry, ...]:
        """The rescissions of what a source had said."""
        return tuple(entry for entry in self.rescissions if entry.source == source)


NOTHING: Final = OptOuts()


@dataclass
class _Line:
    """A line of a list and where it stands."""

    shown: str
    values: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.values.get(name, "").strip() or None

    def day(self, name: str) -> date | None:
        written = self.text(name)
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            raise self.refused(f"{name} is no date such as 1990-12-31") from None

    def word(self, name: str, allowed: tuple[str, ...]) -> str:
        written = (self.text(name) or "").lower()
        if written not in allowed:
            raise self.refused(f"{name} must be {', '.join(allowed[:-1])} or {allowed[-1]}")
        return written

    def refused(self, why: str) -> SafeError:
        return SafeError("E_OPT_OUTS", f"{self.shown}: {why}; nothing is shared before the list is mended")


def read_opt_outs(home: Path) -> OptOuts:
    """Read the steward's lists; no folder is no entry.

    Args:
        home: The clearinghouse's home.

    Raises:
        SafeError: ``E_OPT_OUTS``: a file or a line of it is malformed.
    """
    return OptOuts(tuple(_read(home / FOLDER, FOLDER, COLUMNS, _opt_out)), read_rescissions(home))


def read_rescissions(home: Path) -> tuple[Entry, ...]:
    """Read what was taken back.

    Raises:
        SafeError: ``E_OPT_OUTS``: a file or a line of it is malformed.
    """
    shown = f"{FOLDER}/{RESCISSIONS}"
    return tuple(_read(home / FOLDER / RESCISSIONS, shown, RESCISSION_COLUMNS, _rescission))


def _read(folder: Path, shown: str, columns: tuple[str, ...], entry: Callable[[_Line], Entry]) -> Iterator[Entry]:
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.name.startswith(".") or (file.is_dir() and file.name == RESCISSIONS):
            continue
        if not file.is_file() or file.suffix.lower() != ".csv":
            raise SafeError("E_OPT_OUTS", f"{shown} holds something else than .csv files; remove it or save it as CSV")
        for line in _lines(file, f"{shown}/{shown_file(file)}", columns):
            yield entry(line)


def _lines(file: Path, shown: str, columns: tuple[str, ...]) -> Iterator[_Line]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise SafeError("E_OPT_OUTS", f"{shown} cannot be read as UTF-8; save it as CSV in UTF-8") from None
    if not text.endswith(("\n", "\r")):
        message = f"{shown} is empty or cut off: its last line has no line end; save the whole list again"
        raise SafeError("E_OPT_OUTS", message)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    try:
        for row in reader:
            if not header:
                header = _header(row, shown, columns)
            elif any(value.strip() for value in row):
                line = _Line(f"{shown}, line {reader.line_num}", dict(zip(header, row, strict=False)))
                if len(row) != len(header):
                    raise line.refused(f"{len(row)} values under {len(header)} columns")
                yield line
    except csv.Error:
        raise SafeError("E_OPT_OUTS", f"{shown}, line {reader.line_num}: a quotation mark is misplaced") from None


def _header(row: list[str], shown: str, columns: tuple[str, ...]) -> list[str]:
    header = [name.strip().lower() for name in row]
    missing = [name for name in columns if name not in header]
    if missing:
        message = f"{shown} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; its header is {','.join(columns)}"
        raise SafeError("E_OPT_OUTS", message)
    if len(set(header)) < len(header):
        raise SafeError("E_OPT_OUTS", f"{shown}: a column stands twice; leave each once")
    unknown = sorted(set(header) - {*columns, "industry"})
    if unknown:
        raise SafeError(
            "E_OPT_OUTS", f"{shown} has {len(unknown)} column(s) too many; its header is {','.join(columns)}"
        )
    return header


def _opt_out(line: _Line) -> Entry:
    scope, industry = line.word("scope", SCOPES), line.text("industry")
    if scope == "certifier" and line.text("certifier") is None:
        raise line.refused("the scope certifier needs the certifier")
    if industry is not None and not NAME.match(industry):
        raise line.refused("industry is no industry's name")
    return _entry(line, scope, industry)


def _rescission(line: _Line) -> Entry:
    if line.text("reason") is None:
        raise line.refused("a rescission needs its reason")
    return _entry(line, "all", None)


def _entry(line: _Line, scope: str, industry: str | None) -> Entry:
    source, received = line.word("source", SOURCES), line.day("received")
    certifier, record_id, person_ref = line.text("certifier"), line.text("record_id"), line.text("person_ref")
    student_id, first_name, last_name = line.text("student_id"), line.text("first_name"), line.text("last_name")
    birth_date = line.day("birth_date")
    if received is None:
        raise line.refused("received, the day on which it came, is missing")
    if certifier is not None and not NAME.match(certifier):
        raise line.refused("certifier is no certifier's name of the registry, such as mssc")
    if certifier is None and (source == "certifier" or record_id or person_ref):
        raise line.refused("record_id, person_ref and the source certifier need the certifier")
    if not (record_id or person_ref or student_id or (first_name and last_name and birth_date)):
        raise line.refused(
            "nobody can be told by it; give record_id, person_ref, student_id, or full name and birth_date"
        )
    return Entry(
        source,
        certifier,
        record_id,
        person_ref,
        student_id,
        first_name,
        last_name,
        birth_date,
        received,
        scope,
        industry,
    )
