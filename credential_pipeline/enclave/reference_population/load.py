"""Creates reference_population.persons, .wages and .employers from the enclave's reference drops.

Wages may come by year, by quarter or both. For a person and a year that the annual file has, the quarterly file is not
used, so that nothing is counted twice.
"""

from pathlib import Path
from typing import Final

import duckdb

from credential_pipeline.foundation import standard_form as form
from credential_pipeline.foundation.contracts.reference_population import SNAPSHOT
from credential_pipeline.foundation.dropped_files import open_drop, unreadable
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

_PERSONS: Final = {
    "first_name": form.name("first_name"),
    "middle_name": form.name("middle_name"),
    "last_name": form.name("last_name"),
    "name_suffix": form.suffix("name_suffix", "last_name", "first_name", "middle_name"),
    "alternate_last_name": form.name("alternate_last_name"),
    "birth_date": form.birth_date(f"({form.iso_date('birth_date')})"),
    "death_date": form.iso_date("death_date"),
    "sex": form.sex("sex"),
    "street": form.address("street"),
    "city": form.address("city"),
    "state": form.state("state"),
    "zip": form.zip_code("zip"),
}
_OPTIONAL: Final = ("name_suffix",)
_WAGES: Final = {"wages_annual": (), "wages_quarterly": ("quarter",)}


def load_reference_population(con: Connection, folder: Path) -> None:
    """Load the three tables of the reference_population contract.

    Args:
        con: Connection with the schema ``reference_population``.
        folder: Folder that holds ``persons/``, ``employers/`` and ``wages_annual/``, ``wages_quarterly/`` or both.

    Raises:
        SafeError: E_DROP_MISSING, E_DROP_FORMAT, E_DROP_COLUMN, E_DROP_UNREADABLE (see dropped_files.py),
            E_REFERENCE_KEYS, E_REFERENCE_NO_BIRTH_DATE, E_REFERENCE_WAGES, E_REFERENCE_EMPLOYERS.
    """
    try:
        _persons(con, folder)
        _employers(con, folder)
        _wages(con, folder)
    except duckdb.Error:
        raise unreadable("a file of reference/") from None
    finally:
        for name in ("persons", "employers", *_WAGES):
            con.execute(f"DROP VIEW IF EXISTS tmp_{name}")


def _count(con: Connection, condition: str, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchall()[0][0])


def _persons(con: Connection, folder: Path) -> None:
    table = SNAPSHOT.table("persons")
    columns = [name for name in table.column_names if name not in _OPTIONAL]
    open_drop(con, folder / "persons", "reference/persons", "tmp_persons", columns, _OPTIONAL)
    selected = ", ".join(f"{_PERSONS.get(name, name)} AS {name}" for name in table.column_names)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE reference_population.persons AS
        SELECT DISTINCT {selected} FROM tmp_persons
        """
    )
    if missing := _count(con, "person_key IS NULL", "reference_population.persons"):
        raise SafeError(
            "E_REFERENCE_KEYS", f"reference/persons: {missing} rows have no person_key; every row needs one"
        )
    if not _count(con, "birth_date IS NOT NULL", "reference_population.persons"):
        message = "reference/persons: not one birth_date can be read; write dates as 1990-12-31"
        raise SafeError("E_REFERENCE_NO_BIRTH_DATE", message)


def _employers(con: Connection, folder: Path) -> None:
    table = SNAPSHOT.table("employers")
    open_drop(con, folder / "employers", "reference/employers", "tmp_employers", table.column_names)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE reference_population.employers AS
        SELECT DISTINCT employer_id, nullif(regexp_extract(naics, '^([0-9]+)', 1), '') AS naics,
            {form.state("state")} AS state
        FROM tmp_employers WHERE employer_id IS NOT NULL
        """
    )
    rows, ids = con.execute(
        "SELECT count(*), count(DISTINCT employer_id) FROM reference_population.employers"
    ).fetchall()[0]
    if rows == 0 or rows != ids:
        message = f"reference/employers: {rows} rows for {ids} employers; send one row per employer_id"
        raise SafeError("E_REFERENCE_EMPLOYERS", message)


def _wages(con: Connection, folder: Path) -> None:
    present = [name for name in _WAGES if (folder / name).is_dir()]
    if not present:
        message = "reference/wages_annual and reference/wages_quarterly are both missing; one of them is needed"
        raise SafeError("E_DROP_MISSING", message)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE tmp_wages (kind VARCHAR, person_key VARCHAR, year INTEGER, "
        "employer_id VARCHAR, wages DOUBLE)"
    )
    for name in present:
        columns = [*SNAPSHOT.table("wages").column_names, *_WAGES[name]]
        open_drop(con, folder / name, f"reference/{name}", f"tmp_{name}", columns)
        quarters = "try_cast(quarter AS INTEGER) BETWEEN 1 AND 4" if "quarter" in columns else "true"
        numbers = "try_cast(year AS INTEGER) IS NOT NULL AND isfinite(try_cast(wages AS DOUBLE))"
        usable = f"person_key IS NOT NULL AND {numbers} AND {quarters}"
        if broken := _count(con, f"({usable}) IS NOT TRUE", f"tmp_{name}"):
            message = (
                f"reference/{name}: {broken} rows lack a person_key, a year, a quarter (1 to 4) or a number as wages"
            )
            raise SafeError("E_REFERENCE_WAGES", message)
        con.execute(
            f"""
            INSERT INTO tmp_wages SELECT '{name}', person_key, CAST(year AS INTEGER), employer_id, CAST(wages AS DOUBLE)
            FROM tmp_{name}
            """
        )
    con.execute(
        """
        CREATE OR REPLACE TABLE reference_population.wages AS
        SELECT person_key, year, coalesce(employer_id, '') AS employer_id, round(sum(wages), 2) AS wages
        FROM tmp_wages AS w
        WHERE kind = 'wages_annual' OR NOT EXISTS (
            SELECT 1 FROM tmp_wages AS a
            WHERE a.kind = 'wages_annual' AND a.person_key = w.person_key AND a.year = w.year)
        GROUP BY ALL
        """
    )
    con.execute("DROP TABLE tmp_wages")
