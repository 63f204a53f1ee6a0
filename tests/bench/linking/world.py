"""One labelled world on disk: what the product is given, what the other methods are given, and the truth, each apart.

A folder holds ``home/`` (feeds and education registry) and ``registry/`` (one YAML for the industry and one for each certifier):
all that the product sees; ``feed.csv``, the rows of all feeds in canonical fields, which the other methods read beside the
registry's persons; ``truth.csv`` and ``students.csv``, which only the judges read. Belongs here: writing those files.
Not here: who is in them (febrl.py, census.py, unseen_world.py), methods and scores.
"""

import csv
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]

INDUSTRY = "trades"
FIELDS = (
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "previous_last_name",
    "birth_date",
    "sex",
    "ssn_last4",
    "street",
    "city",
    "state",
    "zip",
)
"""What may be known of a person, on both sides."""
TRUTH = ("certifier", "record_id", "person_id", "household", "notes", "race", "sex", "age", "surname")
"""Of each feed row: whose it is, what is special about it, and groups where the world knows them."""
STUDENTS = ("student_id", "person_id", "household")
_CREDENTIAL = ("credential_code", "event_date")
_PERSONS = ("student_id", *FIELDS, "email", "ferpa_block")
_ENROLLMENT: Row = {
    "opeid": "00100200",
    "institution": "Example College",
    "institution_state": "OH",
    "sector": "public_2yr",
    "credit": "Y",
    "degree_seeking": "Y",
    "begin_date": "2010-09-01",
    "end_date": "2011-05-31",
    "status": "F",
    "cip": "480501",
}
_DEGREE: Row = {
    "opeid": "00100200",
    "institution": "Example College",
    "degree_date": "2011-06-01",
    "degree_title": "Certificate",
    "degree_level": "certificate",
    "cip": "480501",
}


@dataclass(frozen=True)
class Layout:
    """How a certifier writes its feed.

    Attributes:
        name: The certifier.
        titled: Columns are titles in words (Birth Date) instead of field names.
        date: How it writes dates.
        whole_name: First, middle and last name are one column, the last name in front of a comma.
    """

    name: str
    titled: bool = False
    date: str = "%Y-%m-%d"
    whole_name: bool = False

    def column(self, field: str) -> str:
        """The column of a canonical field."""
        return field.replace("_", " ").title() if self.titled else field


def write(
    folder: Path,
    feeds: Mapping[Layout, Sequence[Row]],
    persons: Sequence[Row],
    truth: Iterable[Row],
    students: Iterable[Row],
) -> None:
    """Write one world.

    Args:
        folder: Where.
        feeds: Rows of each certifier: record_id, credential_code, event_date and those of :data:`FIELDS` that it knows; ISO dates.
        persons: Rows of the education registry: student_id and :data:`FIELDS`.
        truth: A row of :data:`TRUTH` for each feed row.
        students: A row of :data:`STUDENTS` for each row of the education registry.
    """
    education = folder / "home" / "clearinghouse" / "education"
    write_csv(education / "persons" / "persons.csv", _PERSONS, [{"ferpa_block": "N", **row} for row in persons])
    some = [{"student_id": row["student_id"]} for row in persons[::10]]
    write_csv(
        education / "enrollments" / "enrollments.csv",
        ("student_id", *_ENROLLMENT),
        [row | _ENROLLMENT for row in some],
    )
    write_csv(education / "degrees" / "degrees.csv", ("student_id", *_DEGREE), [row | _DEGREE for row in some[::2]])
    held = {field for rows in feeds.values() for row in rows for field in FIELDS if row.get(field)}
    inbox = folder / "home" / "clearinghouse" / "inbox" / INDUSTRY
    for layout, rows in feeds.items():
        laid_out = [_laid_out(row, layout) for row in rows]
        write_csv(inbox / layout.name / "all.csv", list(laid_out[0]), laid_out)
    _write_registry(folder / "registry", list(feeds), held)
    everything = [{"certifier": layout.name, **row} for layout, rows in feeds.items() for row in rows]
    write_csv(folder / "feed.csv", ("certifier", "record_id", *FIELDS, *_CREDENTIAL), everything)
    write_csv(folder / "truth.csv", TRUTH, truth)
    write_csv(folder / "students.csv", STUDENTS, students)


def persons_of(folder: Path) -> Path:
    """The file of the education registry's persons."""
    return folder / "home" / "clearinghouse" / "education" / "persons" / "persons.csv"


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows; a column that a row lacks is empty, other keys are left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _laid_out(row: Row, layout: Layout) -> Row:
    whole = {"first_name", "middle_name", "last_name"} if layout.whole_name else set()
    made = {}
    for field in ("record_id", *FIELDS, *_CREDENTIAL):
        value = row.get(field, "")
        if field.endswith("_date") and value:
            value = datetime.date.fromisoformat(value).strftime(layout.date)
        if field not in whole:
            made[layout.column(field)] = value
    if whole:
        names = {field: row.get(field, "") for field in whole}
        made["Name"] = f"{names['last_name']}, {names['first_name']} {names['middle_name']}".strip()
    return made


def _write_registry(folder: Path, layouts: Sequence[Layout], held: set[str]) -> None:
    for name in ("industries", "certifiers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    names = ", ".join(layout.name for layout in layouts)
    industry = f'industry: {INDUSTRY}\nname: Trades\nnaics: ["23"]\ncertifiers: [{names}]\n'
    (folder / "industries" / f"{INDUSTRY}.yml").write_text(industry)
    for layout in layouts:
        (folder / "certifiers" / f"{layout.name}.yml").write_text(_certifier(layout, held))


def _certifier(layout: Layout, held: set[str]) -> str:
    """The YAML of one certifier, with the fields that the feeds hold."""
    whole = ("first_name", "middle_name", "last_name") if layout.whole_name else ()
    lacking = [field for field in FIELDS if field not in held]
    lines = [f"certifier: {layout.name}", f"name: The {layout.name}", "columns:"]
    for field in ("record_id", *FIELDS, *_CREDENTIAL):
        recipe = ""
        if field in lacking:
            continue
        if field in whole:
            part = f'{{layout: "Last, First Middle", part: {field.removesuffix("_name")}}}'
            lines.append(f"  {field}: {{from: Name, recipe: [{{name_part: {part}}}]}}")
            continue
        if field.endswith("_date"):
            recipe = f', recipe: [{{parse_date: "{layout.date}"}}]'
        elif field == "sex":
            recipe = ", recipe: [{map: {M: M, F: F}}]"
        lines.append(f"  {field}: {{from: {layout.column(field)}{recipe}}}")
    ignored = [layout.column(field) for field in lacking if field not in whole]
    return "\n".join([*lines, f"absent: [{', '.join(lacking)}]", f"ignored: [{', '.join(ignored)}]"]) + "\n"
