"""The page of dropped files: columns of the education registry and of the reference population, as the loaders read them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from credential_pipeline.clearinghouse.education_registry import load as education
from credential_pipeline.enclave.reference_population import load as reference
from credential_pipeline.enclave.reference_population import wages
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.categories import NOT_KNOWN, SPELLINGS, plain
from credential_pipeline.foundation.contracts import education_registry, reference_population
from credential_pipeline.foundation.contracts.table import Table
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.public.published_outcomes.labels import BUILT_IN

Forms = Mapping[str, Callable[[str], str]]

_DATE = "a [date](#dates)"
_YES = "[yes or no](#yes-and-no)"
_NUMBER = "a whole number, or one with `.0`"
_ACCEPTS = {
    "sector": "small letters; see [sectors](#sectors)",
    "naics": "two to six digits that begin as a NAICS sector does, or a range such as `31-33`; anything else is refused",
    "year": _NUMBER,
    "quarter": "1, 2, 3 or 4",
    "wages": "a number of dollars, not below zero, without a currency sign or commas",
}
_FILLED = {
    "education/persons": ("student_id", "ferpa_block"),
    "education/enrollments": ("student_id",),
    "education/degrees": ("student_id",),
    "reference/persons": ("person_key",),
    "reference/wages_annual": ("person_key", "year", "wages"),
    "reference/wages_quarterly": ("person_key", "year", "quarter", "wages"),
}
"""Drop -> columns in which no row may be blank; the tests of the loaders refuse it."""
_NOTES = {
    "education/persons": "One row a student. An id may stand there once.",
    "education/enrollments": "One row a spell of enrollment; the ids are those of `persons`. The folder may be left out where"
    " [PDP files](../../how-to/pdp.md) stand for it.",
    "education/degrees": "One row a degree, likewise.",
    "reference/persons": "Several rows a person, for each name and address; the facts that are not of a name or an address are the same in all.",
    "reference/employers": "One row an employer; rows without an id are passed over. Its state decides under which [agreement](../../how-to/enter-an-agreement.md) its wages are"
    " used: wages of a state without an agreement on wages are left out, and `reference_population.wage_states` lists the states.",
    "reference/wages_annual": "One row a person, year and employer. Either this folder or `wages_quarterly`, or both: for a person and a"
    " year that this one has, the quarters only tell when a job was paid. Jobs in a state of which this one holds nothing in a year count"
    " by quarter all the same.",
    "reference/wages_quarterly": "One row a person, quarter and employer.",
}
_WHERE = {"education": "clearinghouse/education", "reference": "enclave/reference"}
_HEAD = """# Dropped files

What the files of the education registry and of the reference population hold, column by column. Where they lie, and their formats, are told in
[use your own data](../../how-to/own-data.md). Every file of a folder has the columns that are **required**; in a row they may be
blank but where **every row** is said. Names of columns may be in any case and order, and other columns are ignored. Blank means missing.
Columns of a Parquet file may be of any type whose text is as told here.

"""
_NAMES = {"first names": form.given_name, "last names": form.family_name, "all names": form.name}
_TAIL = """## Names

As they are written, in any case. They are put into one form:

{names}

## Dates

`1990-12-31`, `19901231`, or either with a time of midnight; from Parquet also columns of dates, time stamps or whole numbers. Years are 1900
to 2099. A date in another form is unknown and counted (`dates_readable`): `05/06/1990` is two days and is not guessed. In `birth_date`,
placeholders such as 1900-01-01 are unknown.

## Yes and no

{yes} In `ferpa_block`, a blank or another word refuses the files: unknown would be shared.

## Sectors

Institutions are told of by what stands in `sector`, in small letters. These words have a name for readers; any other is shown as it is written.

{sectors}

## Words of categories

In any case; hyphens, slashes, commas, apostrophes and a `degree` or `alone` at the end make no difference (`Bachelor's Degree`). Numbers and
letters alone are read by nobody: they mean one thing to one sender and another to the next. What is written in no listed way counts as
unknown, is counted by file and column in `drop_findings`, and the rule `every_category_known` warns. Blanks, the words
of the step [null_placeholders](recipes.md#null_placeholders) and {nothing} say that nothing is known, and are no mistake.

"""


@dataclass(frozen=True)
class _Files:
    """The files of one folder: its name, the table that they become, the columns, and what makes a value."""

    name: str
    table: Table
    columns: Sequence[str]
    forms: Forms = field(default_factory=dict)
    optional: Sequence[str] = ()


def drops_page() -> str:
    """Every folder of files, then what is accepted where."""
    parts = [_section(files) for files in _every_folder()]
    sectors = {
        word: name for word, name in BUILT_IN["setting"].items() if word.startswith(("public", "private", "for_"))
    }
    listed = "\n".join(f"| `{word}` | {name} |" for word, name in sectors.items())
    words = [one for one in NOT_KNOWN if one not in {"", *map(plain, PLACEHOLDERS)}]
    tail = _TAIL.format(
        yes=_doc(form.yes),
        sectors=f"| word | for readers |\n|---|---|\n{listed}",
        nothing=", ".join(f"`{one}`" for one in words),
        names="\n".join(f"- {what}: {_doc(made)}" for what, made in _NAMES.items()),
    )
    return _HEAD + "\n".join(parts) + "\n" + tail + "\n".join(map(_spellings, SPELLINGS))


def _every_folder() -> list[_Files]:
    folders = []
    for name, by_value in education.BY_VALUE.items():
        table = education_registry.SNAPSHOT.table(name)
        forms = education.BY_ROW | {target: made for target, (_, made) in by_value.items()}
        folders.append(_Files(f"education/{name}", table, table.column_names, forms))
    forms = {target: made for target, (_, made) in reference.BY_VALUE.items()} | {"street": form.address}
    persons, employers, paid = (reference_population.SNAPSHOT.table(one) for one in ("persons", "employers", "wages"))
    folders.append(_Files("reference/persons", persons, persons.column_names, forms, reference.OPTIONAL))
    folders.append(_Files("reference/employers", employers, employers.column_names, {"state": form.state}))
    return folders + [_Files(f"reference/{kind}", paid, wages.columns_of(kind)) for kind in wages.KINDS]


def _section(files: _Files) -> str:
    side, _, folder = files.name.partition("/")
    rows = "\n".join(_row(files, name) for name in files.columns)
    head = f"## {files.name}\n\n`{_WHERE[side]}/{folder}/`. {_NOTES[files.name]}\n"
    return f"{head}\n| column | | what it is | what is accepted |\n|---|---|---|---|\n{rows}\n"


def _row(files: _Files, name: str) -> str:
    needed = "optional" if name in files.optional else "required"
    needed += ", every row" if name in _FILLED.get(files.name, ()) else ""
    known = {column.name: column for column in files.table.columns}
    meaning = known[name].description if name in known else "Quarter of the year."
    return f"| `{name}` | {needed} | {meaning} | {_accepted(files, name)} |"


def _accepted(files: _Files, name: str) -> str:
    kinds = {column.name: column.type for column in files.table.columns}
    if name in _ACCEPTS:
        return _ACCEPTS[name]
    if name in SPELLINGS:
        return f"see [{name}](#{name})"
    if kinds.get(name) in {"DATE", "BOOLEAN"}:
        return _DATE if kinds[name] == "DATE" else _YES
    made = files.forms.get(name)
    if made in _NAMES.values():
        return "a [name](#names)"
    return _doc(made) if made else "text, as it is"


def _doc(made: Callable[[str], str]) -> str:
    text = (inspect.getdoc(made) or "").replace("NULL", "unknown").replace("``", "`").replace("|", "\\|")
    return " ".join(text.split())


def _spellings(kind: str) -> str:
    written: dict[str, list[str]] = {}
    for spelling, word in SPELLINGS[kind].items():
        written.setdefault(word, []).append(spelling)
    rows = "\n".join(f"| `{word}` | {', '.join(ways)} |" for word, ways in written.items())
    return f"### {kind}\n\n| word | also written |\n|---|---|\n{rows}\n"
