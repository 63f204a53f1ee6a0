"""Creates education_registry.persons, .enrollments and .degrees from the drops, and the index that linkage reads."""

from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.engines.linkage.fields import make_index
from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.dropped_files import open_drop, unreadable
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

_PERSONS: Final = {
    "student_id": "student_id",
    "first_name": form.name("first_name"),
    "middle_name": form.name("middle_name"),
    "last_name": form.name("last_name"),
    "name_suffix": form.suffix("name_suffix", "last_name", "first_name", "middle_name"),
    "previous_last_name": form.name("previous_last_name"),
    "birth_date": form.birth_date(f"({form.iso_date('birth_date')})"),
    "sex": form.sex("sex"),
    "ssn_last4": form.ssn_last4("ssn_last4"),
    "email": form.email("email"),
    "street": form.address("street"),
    "city": form.address("city"),
    "state": form.state("state"),
    "zip": form.zip_code("zip"),
    # An unknown mark blocks: sharing by mistake cannot be undone.
    "ferpa_block": f"ferpa_block IS NOT NULL AND coalesce({form.yes('ferpa_block')}, true)",
}
_ENROLLMENTS: Final = {
    "institution_state": form.state("institution_state"),
    "sector": "lower(sector)",
    "credit": form.yes("credit"),
    "degree_seeking": form.yes("degree_seeking"),
    "begin_date": form.iso_date("begin_date"),
    "end_date": form.iso_date("end_date"),
}
_DEGREES: Final = {"degree_date": form.iso_date("degree_date")}
_EXPRESSIONS: Final = {"persons": _PERSONS, "enrollments": _ENROLLMENTS, "degrees": _DEGREES}


def load_education_registry(con: Connection, folder: Path) -> None:
    """Load the tables of the education_registry contract.

    Args:
        con: Connection with the schema ``education_registry``.
        folder: Folder that holds ``persons/``, ``enrollments/`` and ``degrees/`` with .csv or .parquet files.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN, E_DROP_UNREADABLE (see dropped_files.py),
            E_REGISTRY_MISSING_IDS, E_REGISTRY_DUPLICATE_IDS, E_REGISTRY_NO_BIRTH_DATE.
    """
    for table in (SNAPSHOT.table(name) for name in _EXPRESSIONS):
        shown = f"education/{table.name}"
        open_drop(con, folder / table.name, shown, "tmp_drop", table.column_names)
        expressions = _EXPRESSIONS[table.name]
        columns = ", ".join(f"{expressions.get(name, name)} AS {name}" for name in table.column_names)
        try:
            con.execute(
                f"""
                CREATE OR REPLACE TABLE education_registry.{table.name} AS
                SELECT {columns} FROM tmp_drop
                """
            )
        except duckdb.Error:
            raise unreadable(shown) from None
        finally:
            con.execute("DROP VIEW IF EXISTS tmp_drop")
        _check_ids(con, table.name)
    _check_persons(con)
    make_index(con, "education_registry.persons", "education_registry.person_index", id_column="student_id")


def _check_ids(con: Connection, table: str) -> None:
    without = con.execute(f"SELECT count(*) FROM education_registry.{table} WHERE student_id IS NULL").fetchall()[0][0]
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
