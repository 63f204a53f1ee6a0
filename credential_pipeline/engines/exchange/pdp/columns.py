"""The columns of PDP files and what their values must be, and how a written header is recognized. Not here: rows."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.layouts import LAYOUTS, LayoutField

COHORT: Final = "cohort"
COURSE: Final = "course"
STUDENT: Final = "student_id"
KEYS: Final = MappingProxyType(
    {
        COHORT: (STUDENT,),
        COURSE: (STUDENT, "academic_year", "academic_term", "course_prefix", "course_number", "section_id"),
    }
)
"""File to the columns that tell its rows apart."""
UNKNOWN: Final = "UK"
"""What a code says where nothing is known."""

_RULES: Final = Path(__file__).parent / "rules.csv"
_STUDENT_HEADERS: Final = ("Student ID", "Study ID", "Student GUID")
_NAMED: Final = 8
"""Missing columns that a refusal names."""


@dataclass(frozen=True)
class PdpColumn:
    """A column and its rules.

    Attributes:
        field: Header, name, kind and values.
        later: It came in 2025; older files lack it.
        optional: A file may lack it.
        filled: It may not be blank.
        least: Smallest number; None for any.
        most: Largest number; None for any.
        unknown: A value that means that nothing is known, beside ``UK`` and blank.
        form: ``school_year`` or ``ctid``, where the text has to have a form.
    """

    field: LayoutField
    later: bool
    optional: bool
    filled: bool
    least: float | None
    most: float | None
    unknown: str
    form: str

    @property
    def name(self) -> str:
        """Our name of the column."""
        return self.field.name


def _columns(file: str) -> tuple[PdpColumn, ...]:
    with _RULES.open(encoding="utf-8", newline="") as opened:
        rules = {row["name"]: row for row in csv.DictReader(opened) if row["file"] == file}
    fields = [(field, False) for field in LAYOUTS[f"pdp_{file}"]]
    fields += [(field, True) for field in LAYOUTS[f"pdp_{file}_since_2025"]]
    return tuple(_column(field, rules.get(field.name, {}), later=later) for field, later in fields)


def _column(field: LayoutField, rule: dict[str, str], *, later: bool) -> PdpColumn:
    least, most = rule.get("least"), rule.get("most")
    return PdpColumn(
        field=field,
        later=later,
        optional=rule.get("optional") == "yes",
        filled=rule.get("filled") == "yes",
        least=float(least) if least else None,
        most=float(most) if most else None,
        unknown=rule.get("unknown", ""),
        form=rule.get("form", ""),
    )


COLUMNS: Final = MappingProxyType({file: _columns(file) for file in (COHORT, COURSE)})
"""File to all its columns, in their order; those of 2025 last."""


@dataclass(frozen=True)
class Header:
    """The first line of a file.

    Attributes:
        file: ``cohort`` or ``course``.
        written: What the file calls its columns, in its order.
        names: Our name of each; empty for a column that is unknown here and is passed over.
    """

    file: str
    written: tuple[str, ...]
    names: tuple[str, ...]


def recognize(written: Sequence[str], shown: str) -> Header:
    """Tell which file has this header, in whichever variant: capitals, blanks and underscores make no difference.

    Args:
        written: The names in the first line.
        shown: How messages name the file.

    Raises:
        SafeError: ``E_PDP_HEADER`` if it is neither file, lacks columns or has one twice.
    """
    keys = [key_of(name) for name in written]
    found = {file: [_known(file).get(key, "") for key in keys] for file in COLUMNS}
    # The two files share nine columns; what is more tells them apart.
    file = max(found, key=lambda name: sum(map(bool, found[name])) / len(COLUMNS[name]))
    names = found[file]
    absent = [column.field.header for column in COLUMNS[file] if not column.optional and column.name not in names]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if not any(names):
        raise SafeError("E_PDP_HEADER", f"{shown} is neither a PDP cohort file nor a PDP course file")
    if absent:
        more = f" and {len(absent) - _NAMED} more" if len(absent) > _NAMED else ""
        message = f"{shown} lacks columns of a PDP {file} file: {', '.join(absent[:_NAMED])}{more}"
        raise SafeError("E_PDP_HEADER", message)
    if twice:
        raise SafeError("E_PDP_HEADER", f"{shown} has a column twice: {', '.join(twice)}")
    return Header(file, tuple(written), tuple(names))


def _known(file: str) -> dict[str, str]:
    """Key of every header, in every variant, to our name."""
    known = {key_of(column.field.header): column.name for column in COLUMNS[file]}
    known |= {key_of(column.name): column.name for column in COLUMNS[file]}
    return known | {key_of(header): STUDENT for header in _STUDENT_HEADERS}


def key_of(header: str) -> str:
    """Letters and digits of a header: ``AttemptedDevMathY1`` and ``attempted_dev_math_y_1`` are the same."""
    return re.sub(r"[^a-z0-9]", "", header.lower())
