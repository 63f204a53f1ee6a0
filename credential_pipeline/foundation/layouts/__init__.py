"""Layouts of files that partners read and write: the columns in their order, as data. Not here: who fills them."""

import csv
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent
_FILES: Final = (
    "student_tracker_report.csv",
    "pdp_cohort.csv",
    "pdp_course.csv",
    "completers.csv",
    "pdp_cohort_since_2025.csv",
    "pdp_course_since_2025.csv",
)


@dataclass(frozen=True)
class LayoutField:
    """One column of a partner's file.

    Attributes:
        header: What the file's first line says.
        name: Our name of it.
        kind: text, integer, number, date or code.
        values: What a code may be; empty for anything.
        identifier: Whether the value alone points to a person.
        meaning: A sentence for people.
    """

    header: str
    name: str
    kind: str
    values: tuple[str, ...]
    identifier: bool
    meaning: str


def _read(name: str) -> tuple[LayoutField, ...]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return tuple(
            LayoutField(
                header=row["header"],
                name=row["name"],
                kind=row["kind"],
                values=tuple(value for value in row["values"].split("|") if value),
                identifier=row["identifier"] == "true",
                meaning=row["meaning"],
            )
            for row in csv.DictReader(file)
        )


#: Name of a layout to its columns, in order.
LAYOUTS: Final = MappingProxyType({name.removesuffix(".csv"): _read(name) for name in _FILES})
