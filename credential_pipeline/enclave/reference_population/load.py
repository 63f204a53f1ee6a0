"""Creates reference_population.persons, .wages, .employers and .wage_states from the enclave's reference drops.

Wages of a state without an agreement in force are left out (wage_states.py). Not here: how wages of years and quarters become one
table (wages.py).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.reference_population.employer_codes import naics, naics_sectors, no_naics
from credential_pipeline.enclave.reference_population.wage_states import keep_wage_states
from credential_pipeline.enclave.reference_population.wages import load_wages
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.categories import word_of
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.distinct_values import look_up
from credential_pipeline.foundation.drop_findings import (
    Finding,
    keep_findings,
    strange_words,
    unread,
    unread_words,
    unreadable_dates,
)
from credential_pipeline.foundation.dropped_files import FILE, Drop, Form, open_drop, reading
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.scripts import add_to_latin
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

BY_VALUE: Final[dict[str, tuple[str, Form]]] = {
    **{name: (name, make) for name, make in form.NAME_FORMS.items()},
    "alternate_last_name": ("alternate_last_name", form.family_name),
    "former_last_name": ("last_name", form.former_name),
    "name_suffix": ("name_suffix", form.written_suffix),
    **{f"suffix_of_{name}": (name, form.suffix_at_end) for name in form.NAME_FORMS},
    "birth_date": ("birth_date", lambda text: form.birth_date(f"({form.iso_date(text)})")),
    "death_date": ("death_date", form.iso_date),
    "sex": ("sex", form.sex),
    "race": ("race", word_of("race")),
    "ethnicity": ("ethnicity", word_of("ethnicity")),
    "city": ("city", form.address),
    "state": ("state", form.state),
    "zip": ("zip", form.zip_code),
}
"""Standard form -> the column that it is made from, once for each distinct value, and how."""

OPTIONAL: Final = ("name_suffix",)
_DATES: Final = ("birth_date", "death_date")
CATEGORIES: Final = ("race", "ethnicity")


def load_reference_population(con: Connection, folder: Path, wage_agreements: Mapping[str, str], newest: int) -> None:
    """Load the tables of the reference_population contract.

    Args:
        con: Connection with the schema ``reference_population``.
        folder: Folder that holds ``persons/``, ``employers/`` and ``wages_annual/``, ``wages_quarterly/`` or both.
        wage_agreements: State, or ``unknown``, to the agreement in force under which its wages may be used.
        newest: The last year of which there can be wages.

    Raises:
        SafeError: E_DROP_… (see dropped_files.py), E_REFERENCE_KEYS, E_REFERENCE_NO_BIRTH_DATE, E_REFERENCE_WAGES,
            E_REFERENCE_EMPLOYERS, E_NO_WAGE_AGREEMENT.
    """
    add_to_latin(con)
    with scratch(con) as work:
        findings = _persons(work, folder)
    with scratch(con) as work:
        _employers(work, folder)
    with scratch(con) as work:
        persons, employers = (relation(con, f"reference_population.{name}") for name in ("persons", "employers"))
        states = keep_wage_states(work, employers, wage_agreements)
        findings += load_wages(work, folder, persons, employers, states, newest)
    keep_findings(con, SNAPSHOT, findings)


def _persons(work: Scratch, folder: Path) -> list[Finding]:
    table = SNAPSHOT.table("persons")
    columns = [name for name in table.column_names if name not in OPTIONAL]
    drop = open_drop(work, folder / "persons", "reference/persons", columns, OPTIONAL)
    unread_values = {name: made for column in _DATES for name, made in unread(column).items()}
    unread_values |= {name: made for kind in CATEGORIES for name, made in unread_words(kind).items()}
    with reading(drop):
        found = look_up(work, drop, BY_VALUE | unread_values)
        made = {name: drop.text(name) for name in table.column_names} | dict(found.columns)
        made["street"] = form.address(drop.text("street"))
        suffixes = ", ".join(made[f"suffix_of_{name}"] for name in form.NAME_FORMS)
        made["name_suffix"] = f"coalesce({made['name_suffix']}, {suffixes})"
        made["alternate_last_name"] = f"coalesce({made['alternate_last_name']}, {made['former_last_name']})"
        made |= form.unless_nobody(made, drop.text("first_name"), drop.text("last_name"))
        selected = ", ".join(f"{made[name]} AS {name}" for name in table.column_names)
        work.con.execute(
            f"CREATE OR REPLACE TABLE reference_population.persons AS SELECT {selected} FROM {found.source}"
        )
    rows, missing, header, births = work.con.execute(
        f"SELECT count(*), count(*) FILTER (person_key IS NULL), count(*) FILTER ({drop.header_again('person_key')}),"
        " count(birth_date) FROM reference_population.persons"
    ).fetchall()[0]
    drop.refuse_lost(work.con, rows)
    if header:
        drop.refuse_unreadable()
    if missing:
        message = f"reference/persons: {missing} rows have no person_key; every row needs one"
        raise SafeError("E_REFERENCE_KEYS", message)
    if not births:
        message = "reference/persons: not one birth_date can be read; write dates as 1990-12-31"
        raise SafeError("E_REFERENCE_NO_BIRTH_DATE", message)
    _drop_repeated(work, relation(work.con, "reference_population.persons"))
    return unreadable_dates(work, drop, found, _DATES) + strange_words(work, drop, found, CATEGORIES)


def _drop_repeated(work: Scratch, table: Relation) -> None:
    """Keep one of equal rows: they have equal hashes, and only the few rows that share one are compared in full."""
    columns = ", ".join(table.columns)
    shared = work.table(
        "shared", f"SELECT h FROM (SELECT hash({columns}) AS h FROM {table}) GROUP BY h HAVING count(*) > 1"
    )
    if work.con.execute(f"SELECT 1 FROM {shared} LIMIT 1").fetchall():
        again = work.table(
            "again",
            f"SELECT rowid AS place FROM {table} WHERE hash({columns}) IN (FROM {shared}) "
            f"QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY rowid) > 1",
        )
        work.con.execute(f"DELETE FROM {table} WHERE rowid IN (FROM {again})")


def _employers(work: Scratch, folder: Path) -> None:
    table = SNAPSHOT.table("employers")
    drop = open_drop(work, folder / "employers", "reference/employers", table.column_names)
    sectors = naics_sectors(work)
    written = drop.text("naics")
    employer = drop.text("employer_id")
    with reading(drop):
        rows, header = work.con.execute(
            f"SELECT count(*), count(*) FILTER ({drop.header_again(employer)}) FROM {drop.rows}"
        ).fetchall()[0]
        drop.refuse_lost(work.con, rows)
        if header:
            drop.refuse_unreadable()
        bad = work.con.execute(
            f"SELECT {FILE}, count(*) FROM {drop.rows} WHERE {no_naics(written, sectors)} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        if bad:
            raise SafeError("E_REFERENCE_EMPLOYERS", _said_of_naics(drop, bad))
        work.con.execute(
            f"""
            CREATE OR REPLACE TABLE reference_population.employers AS
            SELECT DISTINCT {employer} AS employer_id, {naics(written)} AS naics, {form.state(drop.text("state"))} AS state
            FROM {drop.rows} WHERE {employer} IS NOT NULL
            """
        )
    rows, ids = work.con.execute(
        "SELECT count(*), count(DISTINCT employer_id) FROM reference_population.employers"
    ).fetchall()[0]
    if rows == 0 or rows != ids:
        message = f"reference/employers: {rows} rows for {ids} employers; send one row per employer_id"
        raise SafeError("E_REFERENCE_EMPLOYERS", message)


def _said_of_naics(drop: Drop, bad: Sequence[tuple[int, int]]) -> str:
    files = ", ".join(f"{drop.files[number].shown}: {rows:,} rows" for number, rows in bad)
    return f"{files} have a naics of no sector; write two to six digits that begin as a NAICS sector does, or leave it blank"
