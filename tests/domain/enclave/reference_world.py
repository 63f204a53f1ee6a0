"""A small drop of the reference population, and drops of wages of many years."""

from collections.abc import Mapping
from pathlib import Path

from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.contracts import reference_population
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import Rows, write_drop

REFERENCE: dict[str, list[dict[str, str]]] = {
    "persons": [
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "white"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "white"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Núñez", "birth_date": "1990-05-01", "race": "white"},
    ],
    "wages_annual": [
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "1000.50"},
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "0.25"},
    ],
    "employers": [{"employer_id": "E1", "naics": "332710", "state": "OH"}],
}
NEWEST = 2026
QUARTERS = [
    {"person_key": "K1", "year": year, "quarter": quarter, "employer_id": "E2", "wages": "100"}
    for year in ("2012", "2013")
    for quarter in "1234"
]
COLUMNS = {
    "persons": [name for name in reference_population.SNAPSHOT.table("persons").column_names if name != "name_suffix"],
    "wages_annual": ["person_key", "year", "employer_id", "wages"],
    "wages_quarterly": ["person_key", "year", "quarter", "employer_id", "wages"],
    "employers": ["employer_id", "naics", "state"],
}


def drops(folder: Path, tables: Mapping[str, Rows]) -> Path:
    return write_drop(folder / "reference", tables, COLUMNS)


def load(con: Connection, folder: Path) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS reference_population")
    load_reference_population(con, folder, {"OH": "A1", "unknown": "A1"}, NEWEST)


def jobs(years: Mapping[int, tuple[int, float]], first: str = "K") -> list[dict[str, str]]:
    """Year -> how many jobs there are and what each pays, give or take a little."""
    return [
        {
            "person_key": f"{first}{n:04}",
            "year": str(year),
            "employer_id": "E1",
            "wages": f"{wages + n * 7 + year % 17:.2f}",
        }
        for year, (number, wages) in years.items()
        for n in range(number)
    ]


def people(number: int = 300) -> list[dict[str, str]]:
    return [
        {"person_key": f"K{n:04}", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01"}
        for n in range(number)
    ]


def loaded(folder: Path, query: str, **tables: Rows) -> list[tuple[object, ...]]:
    """A query on the tables that come of a drop of wages."""
    with connect(threads=2) as con:
        load(con, drops(folder, {"persons": people(), "employers": REFERENCE["employers"], **tables}))
        return con.execute(query).fetchall()
