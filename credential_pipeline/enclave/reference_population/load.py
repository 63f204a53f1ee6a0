"""Creates reference_population.persons, .wages, .employers and .wage_states from the enclave's reference drops.

Wages of a state without an agreement in force are left out (wage_states.py). Not here: how wages of years and quarters become one
table (wages.py).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.enclave.reference_population.wage_states import keep_wage_states
from credential_pipeline.enclave.reference_population.wages import load_wages
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.distinct_values import look_up
from credential_pipeline.foundation.dropped_files import Form, open_drop, unreadable
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation, scratch

_BY_VALUE: Final[dict[str, tuple[str, Form]]] = {
    **{name: (name, make) for name, make in form.NAME_FORMS.items()},
    "alternate_last_name": ("alternate_last_name", form.family_name),
    "former_last_name": ("last_name", form.former_name),
    "name_suffix": ("name_suffix", form.written_suffix),
    **{f"suffix_of_{name}": (name, form.suffix_at_end) for name in form.NAME_FORMS},
    "birth_date": ("birth_date", lambda text: form.birth_date(f"({form.iso_date(text)})")),
    "death_date": ("death_date", form.iso_date),
    "sex": ("sex", form.sex),
    "city": ("city", form.address),
    "state": ("state", form.state),
    "zip": ("zip", form.zip_code),
}
"""Standard form -> the column that it is made from, once for each distinct value, and how."""

_OPTIONAL: Final = ("name_suffix",)


def load_reference_population(con: Connection, folder: Path, wage_agreements: Mapping[str, str]) -> None:
    """Load the tables of the reference_population contract.

    Args:
        con: Connection with the schema ``reference_population``.
        folder: Folder that holds ``persons/``, ``employers/`` and ``wages_annual/``, ``wages_quarterly/`` or both.
        wage_agreements: State, or ``unknown``, to the agreement in force under which its wages may be used.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN, E_DROP_UNREADABLE (see dropped_files.py),
            E_REFERENCE_KEYS, E_REFERENCE_NO_BIRTH_DATE, E_REFERENCE_WAGES, E_REFERENCE_EMPLOYERS, E_NO_WAGE_AGREEMENT.
    """
    try:
        for load in (_persons, _employers):
            with scratch(con) as work:
                load(work, folder)
        with scratch(con) as work:
            employers = relation(con, "reference_population.employers")
            states = keep_wage_states(work, employers, wage_agreements)
            load_wages(work, folder, employers, states)
    except duckdb.Error:
        raise unreadable("a file of reference/") from None


def _count(con: Connection, condition: str, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchall()[0][0])


def _persons(work: Scratch, folder: Path) -> None:
    table = SNAPSHOT.table("persons")
    columns = [name for name in table.column_names if name not in _OPTIONAL]
    drop = open_drop(work, folder / "persons", "reference/persons", columns, _OPTIONAL)
    found = look_up(work, drop, _BY_VALUE)
    made = {name: drop.text(name) for name in table.column_names} | dict(found.columns)
    made["street"] = form.address(drop.text("street"))
    suffixes = ", ".join(made[f"suffix_of_{name}"] for name in form.NAME_FORMS)
    made["name_suffix"] = f"coalesce({made['name_suffix']}, {suffixes})"
    made["alternate_last_name"] = f"coalesce({made['alternate_last_name']}, {made['former_last_name']})"
    made |= form.unless_nobody(made, drop.text("first_name"), drop.text("last_name"))
    selected = ", ".join(f"{made[name]} AS {name}" for name in table.column_names)
    work.con.execute(f"CREATE OR REPLACE TABLE reference_population.persons AS SELECT {selected} FROM {found.source}")
    _drop_repeated(work, relation(work.con, "reference_population.persons"))
    if missing := _count(work.con, "person_key IS NULL", "reference_population.persons"):
        raise SafeError(
            "E_REFERENCE_KEYS", f"reference/persons: {missing} rows have no person_key; every row needs one"
        )
    if not _count(work.con, "birth_date IS NOT NULL", "reference_population.persons"):
        message = "reference/persons: not one birth_date can be read; write dates as 1990-12-31"
        raise SafeError("E_REFERENCE_NO_BIRTH_DATE", message)


def _drop_repeated(work: Scratch, table: Relation) -> None:
    """Keep one of equal rows: they have equal hashes, and only the few rows that share one are compared in full."""
    columns = ", ".join(table.columns)
    shared = work.table(
        "shared", f"SELECT h FROM (SELECT hash({columns}) AS h FROM {table}) GROUP BY h HAVING count(*) > 1"
    )
    if _count(work.con, "true", f"{shared}"):
        again = work.table(
            "again",
            f"SELECT rowid AS place FROM {table} WHERE hash({columns}) IN (FROM {shared}) "
            f"QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY rowid) > 1",
        )
        work.con.execute(f"DELETE FROM {table} WHERE rowid IN (FROM {again})")


def _employers(work: Scratch, folder: Path) -> None:
    table = SNAPSHOT.table("employers")
    drop = open_drop(work, folder / "employers", "reference/employers", table.column_names)
    work.con.execute(
        f"""
        CREATE OR REPLACE TABLE reference_population.employers AS
        SELECT DISTINCT {drop.text("employer_id")} AS employer_id,
            nullif(regexp_extract({drop.text("naics")}, '^([0-9]+)', 1), '') AS naics,
            {form.state(drop.text("state"))} AS state
        FROM {drop.rows} WHERE {drop.text("employer_id")} IS NOT NULL
        """
    )
    rows, ids = work.con.execute(
        "SELECT count(*), count(DISTINCT employer_id) FROM reference_population.employers"
    ).fetchall()[0]
    if rows == 0 or rows != ids:
        message = f"reference/employers: {rows} rows for {ids} employers; send one row per employer_id"
        raise SafeError("E_REFERENCE_EMPLOYERS", message)
