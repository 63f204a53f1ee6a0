"""Creates the tables of education_registry from the drops: each person once, and the index that linkage reads.

Not here: reports of the StudentTracker service in place of a registry (student_tracker.py).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.education_registry.blocks import refuse_undecided
from credential_pipeline.clearinghouse.education_registry.duplicates import find_duplicates
from credential_pipeline.clearinghouse.education_registry.fold import fold_duplicates
from credential_pipeline.clearinghouse.education_registry.pdp import add_pdp, stands_for
from credential_pipeline.clearinghouse.education_registry.student_tracker import empty, has_reports, load_reports
from credential_pipeline.engines.linkage.fields import make_index
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.categories import word_of
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.contracts.table import Table
from credential_pipeline.foundation.distinct_values import look_up
from credential_pipeline.foundation.drop_findings import (
    Finding,
    keep_findings,
    strange_words,
    unknown_ids,
    unread,
    unread_words,
    unreadable_dates,
)
from credential_pipeline.foundation.dropped_files import Drop, Form, open_drop, reading
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Scratch, relation, scratch

BY_VALUE: Final[dict[str, dict[str, tuple[str, Form]]]] = {
    "persons": {
        **{name: (name, make) for name, make in form.NAME_FORMS.items()},
        "previous_last_name": ("previous_last_name", form.family_name),
        "former_last_name": ("last_name", form.former_name),
        "name_suffix": ("name_suffix", form.written_suffix),
        **{f"suffix_of_{name}": (name, form.suffix_at_end) for name in form.NAME_FORMS},
        "birth_date": ("birth_date", lambda text: form.birth_date(f"({form.iso_date(text)})")),
        "sex": ("sex", form.sex),
        "ssn_last4": ("ssn_last4", form.ssn_last4),
        "city": ("city", form.address),
        "state": ("state", form.state),
        "zip": ("zip", form.zip_code),
        "ferpa_block": ("ferpa_block", form.yes),
    },
    "enrollments": {
        "opeid": ("opeid", form.opeid),
        "institution_state": ("institution_state", form.state),
        "sector": ("sector", "lower({})".format),
        "credit": ("credit", form.yes),
        "degree_seeking": ("degree_seeking", form.yes),
        "begin_date": ("begin_date", form.iso_date),
        "end_date": ("end_date", form.iso_date),
    },
    "degrees": {
        "opeid": ("opeid", form.opeid),
        "degree_date": ("degree_date", form.iso_date),
        "degree_level": ("degree_level", word_of("degree_level")),
    },
}
"""Table -> standard form -> the column that it is made from, once for each distinct value, and how."""

_DATES: Final = {
    "persons": ("birth_date",),
    "enrollments": ("begin_date", "end_date"),
    "degrees": ("degree_date",),
}

CATEGORIES: Final = {"degrees": ("degree_level",)}

BY_ROW: Final[dict[str, Form]] = {"email": form.email, "street": form.address}
"""Columns whose values are mostly different."""


def load_education_registry(con: Connection, folder: Path) -> None:
    """Load the tables of the education_registry contract.

    Args:
        con: Connection with the schema ``education_registry``.
        folder: Folder that holds ``persons/``, ``enrollments/`` and ``degrees/`` with .csv or .parquet files; ``pdp/`` with
            PDP files may stand for the last two, and ``student_tracker/`` with detail reports for all three.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN, E_DROP_UNREADABLE (see dropped_files.py), E_DROP_CUT,
            E_REGISTRY_MISSING_IDS, E_REGISTRY_DUPLICATE_IDS, E_REGISTRY_NO_BIRTH_DATE, E_REGISTRY_NO_BLOCKS; of PDP files
            those of pdp.py, of reports those of student_tracker.py.
    """
    add_to_latin(con)
    if has_reports(folder):
        findings = load_reports(con, folder)
        _index(con)
        empty(con, "duplicate_students")
        keep_findings(con, SNAPSHOT, findings)
        return
    empty(con, "student_tracker_answers")
    findings = []
    for name in BY_VALUE:
        if not stands_for(folder, name):
            with scratch(con) as work:
                findings += _load(work, folder / name, SNAPSHOT.table(name))
    findings += add_pdp(con, folder)
    with scratch(con) as work:
        persons = relation(con, "education_registry.persons")
        for name in ("enrollments", "degrees"):
            rows = relation(con, f"education_registry.{name}")
            findings += unknown_ids(work, name, "student_id", rows, persons, "persons")
    keep_findings(con, SNAPSHOT, findings)
    _index(con)
    if find_duplicates(con):
        fold_duplicates(con)
        _index(con)


def _index(con: Connection) -> None:
    make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")


def _load(work: Scratch, folder: Path, table: Table) -> list[Finding]:
    drop = open_drop(work, folder, f"education/{table.name}", table.column_names)
    dates = _DATES[table.name]
    categories = CATEGORIES.get(table.name, ())
    unread_values = {name: made for column in dates for name, made in unread(column).items()}
    unread_values |= {name: made for kind in categories for name, made in unread_words(kind).items()}
    with reading(drop):
        found = look_up(work, drop, BY_VALUE[table.name] | unread_values)
        made = {name: BY_ROW.get(name, str)(drop.text(name)) for name in table.column_names} | dict(found.columns)
        if table.name == "persons":
            made |= _persons(made)
            made |= form.unless_nobody(made, drop.text("first_name"), drop.text("last_name"))
        columns = ", ".join(f"{made[name]} AS {name}" for name in table.column_names)
        work.con.execute(
            f"CREATE OR REPLACE TABLE education_registry.{table.name} AS SELECT {columns} FROM {found.source}"
        )
    _check_ids(work.con, drop, table.name)
    if table.name == "persons":
        _check_persons(work.con)
        refuse_undecided(work.con, drop)
    return unreadable_dates(work, drop, found, dates) + strange_words(work, drop, found, categories)


def _persons(made: Mapping[str, str]) -> dict[str, str]:
    """What of a person is made from more than one value."""
    return {
        "name_suffix": f"coalesce({made['name_suffix']}, {', '.join(made[f'suffix_of_{name}'] for name in form.NAME_FORMS)})",
        "previous_last_name": f"coalesce({made['previous_last_name']}, {made['former_last_name']})",
    }


def _check_ids(con: Connection, drop: Drop, table: str) -> None:
    rows, without, header = con.execute(
        f"SELECT count(*), count(*) FILTER (student_id IS NULL), count(*) FILTER ({drop.header_again('student_id')})"
        f" FROM education_registry.{table}"
    ).fetchall()[0]
    drop.refuse_lost(con, rows)
    if header:
        drop.refuse_unreadable()
    if without:
        message = f"education/{table}: {without} rows have no student_id; every row needs one"
        raise SafeError("E_REGISTRY_MISSING_IDS", message)


def _check_persons(con: Connection) -> None:
    rows, ids, births = con.execute(
        "SELECT count(*), count(DISTINCT student_id), count(birth_date) FROM education_registry.persons"
    ).fetchall()[0]
    if rows != ids:
        message = f"education/persons: {rows - ids} rows repeat a student_id; send one row per student"
        raise SafeError("E_REGISTRY_DUPLICATE_IDS", message)
    if rows and not births:
        message = "education/persons: not one birth_date can be read; write dates as 1990-12-31"
        raise SafeError("E_REGISTRY_NO_BIRTH_DATE", message)
