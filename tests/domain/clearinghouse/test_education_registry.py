"""Drops of the education registry and of the reference population: standard form, or one clear line."""

import csv
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.enclave.reference_population.load import load_reference_population
from credential_pipeline.foundation.contracts import education_registry, reference_population
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect

CANARY = "Zyzzogeton"
EDUCATION: dict[str, list[dict[str, str]]] = {
    "persons": [
        {"student_id": "S1", "first_name": "José", "last_name": "O'Brien Jr.", "birth_date": "1990-05-01", "sex": "m",
         "ssn_last4": "0000", "state": "oh", "zip": "45402-1234", "ferpa_block": "N"},
        {"student_id": "S2", "first_name": "Ann", "last_name": "Lee", "birth_date": "1900-01-01", "ferpa_block": "Y"},
        {"student_id": "S3", "first_name": "Bo", "last_name": "Li", "birth_date": "05/01/1990", "ferpa_block": "?"},
        {"student_id": "S4", "first_name": "Cy", "last_name": "Ma", "birth_date": "1991-05-01", "ferpa_block": ""},
    ],
    "enrollments": [
        {"student_id": "S1", "sector": "Public_2yr", "credit": "Y", "degree_seeking": "n", "begin_date": "2011-08-20"},
    ],
    "degrees": [{"student_id": "S1", "degree_date": "2012-05-20", "degree_title": "AAS"}],
}  # fmt: skip
REFERENCE: dict[str, list[dict[str, str]]] = {
    "persons": [
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "4"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Lee", "birth_date": "1990-05-01", "race": "4"},
        {"person_key": "K1", "first_name": "Ann", "last_name": "Núñez", "birth_date": "1990-05-01", "race": "4"},
    ],
    "wages_annual": [
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "1000.50"},
        {"person_key": "K1", "year": "2012", "employer_id": "E1", "wages": "0.25"},
    ],
    "employers": [{"employer_id": "E1", "naics": "332710", "state": "OH"}],
}
QUARTERS = [
    {"person_key": "K1", "year": year, "quarter": quarter, "employer_id": "E2", "wages": "100"}
    for year in ("2012", "2013")
    for quarter in "1234"
]
COLUMNS = {
    "education": {table.name: table.column_names for table in education_registry.SNAPSHOT},
    "reference": {
        "persons": [
            name for name in reference_population.SNAPSHOT.table("persons").column_names if name != "name_suffix"
        ],
        "wages_annual": ["person_key", "year", "employer_id", "wages"],
        "wages_quarterly": ["person_key", "year", "quarter", "employer_id", "wages"],
        "employers": ["employer_id", "naics", "state"],
    },
}


def write(folder: Path, name: str, rows: list[dict[str, str]], columns: list[str], file: str = "a.csv") -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    with (folder / name / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(rows)


def drops(folder: Path, kind: str, tables: dict[str, list[dict[str, str]]]) -> Path:
    for name, rows in tables.items():
        write(folder / kind, name, rows, COLUMNS[kind][name])
    return folder / kind


def load(folder: Path, con: Connection) -> None:
    con.execute(
        f"CREATE SCHEMA IF NOT EXISTS {'education_registry' if folder.name == 'education' else 'reference_population'}"
    )
    (load_education_registry if folder.name == "education" else load_reference_population)(con, folder)


def refusal(folder: Path) -> SafeError:
    with connect(threads=1) as con, pytest.raises(SafeError) as caught:
        load(folder, con)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_the_education_registry_in_standard_form(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        load(drops(tmp_path, "education", EDUCATION), con)
        people = con.execute(
            "SELECT student_id, first_name, last_name, name_suffix, birth_date, sex, ssn_last4, state, zip, ferpa_block "
            "FROM education_registry.persons ORDER BY ALL"
        ).fetchall()
        assert people == [
            ("S1", "JOSE", "OBRIEN", "JR", date(1990, 5, 1), "M", None, "OH", "45402", False),
            ("S2", "ANN", "LEE", None, None, None, None, None, None, True),
            ("S3", "BO", "LI", None, None, None, None, None, None, True),
            ("S4", "CY", "MA", None, date(1991, 5, 1), None, None, None, None, False),
        ]
        spells = con.execute(
            "SELECT sector, credit, degree_seeking, begin_date, end_date FROM education_registry.enrollments"
        )
        assert spells.fetchall() == [("public_2yr", True, False, date(2011, 8, 20), None)]
        for table in education_registry.SNAPSHOT:
            columns = con.execute(f"DESCRIBE education_registry.{table.name}").fetchall()
            assert {column[0]: column[1] for column in columns} == table.schema


def test_parquet_several_files_more_columns_and_other_order_make_no_difference(tmp_path: Path) -> None:
    first = drops(tmp_path / "csv", "education", EDUCATION)
    second = drops(tmp_path / "mixed", "education", EDUCATION)
    with connect(threads=1) as con:
        con.execute(
            f"""
            COPY (SELECT 'x' AS extra, * EXCLUDE (birth_date), try_cast(birth_date AS TIMESTAMP) AS Birth_Date
                FROM read_csv('{second}/persons/a.csv', all_varchar = true) WHERE student_id IN ('S1', 'S2'))
            TO '{second}/persons/b.parquet'
            """
        )
        write(second, "persons", EDUCATION["persons"][2:], COLUMNS["education"]["persons"][::-1])
        results = []
        for folder in (first, second):
            load(folder, con)
            results.append(con.execute("SELECT * FROM education_registry.persons ORDER BY ALL").fetchall())
        assert results[0] == results[1]


def test_what_is_wrong_with_an_education_drop_is_said(tmp_path: Path) -> None:
    folder = drops(tmp_path / "a", "education", {name: EDUCATION[name] for name in ("persons", "enrollments")})
    assert refusal(folder).code == "E_DROP_MISSING"
    assert "education/degrees" in refusal(folder).message
    folder = drops(tmp_path / "b", "education", EDUCATION)
    columns = [name for name in COLUMNS["education"]["persons"] if name not in {"ferpa_block", "zip"}]
    write(folder, "persons", [{"student_id": CANARY, "last_name": CANARY}], columns, "b.csv")
    assert refusal(folder).code == "E_DROP_COLUMN"
    assert "b.csv lacks the column zip, ferpa_block" in refusal(folder).message
    (folder / "persons" / "b.csv").unlink()
    (folder / "degrees" / "notes.xlsx").write_text(CANARY, encoding="utf-8")
    assert refusal(folder).code == "E_DROP_FORMAT"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: [*rows, {**rows[0], "last_name": CANARY}], "E_REGISTRY_DUPLICATE_IDS"),
        (lambda rows: [{**row, "birth_date": "01.05.1990"} for row in rows], "E_REGISTRY_NO_BIRTH_DATE"),
        (lambda rows: [*rows, {**rows[0], "student_id": "", "last_name": CANARY}], "E_REGISTRY_MISSING_IDS"),
    ],
)
def test_registries_that_cannot_be_linked(tmp_path: Path, change: object, code: str) -> None:
    assert callable(change)
    folder = drops(tmp_path, "education", {**EDUCATION, "persons": change(EDUCATION["persons"])})
    assert refusal(folder).code == code


@pytest.mark.parametrize("content", [b"student_id,\xff\xfe\n1,2\n", b"PAR1 but not parquet"])
def test_an_unreadable_file_is_named_without_its_content(tmp_path: Path, content: bytes) -> None:
    folder = drops(tmp_path, "education", EDUCATION)
    (folder / "persons" / "b.parquet").write_bytes(content + CANARY.encode())
    assert refusal(folder).code == "E_DROP_UNREADABLE"


def test_a_row_that_breaks_off_refuses_the_drop(tmp_path: Path) -> None:
    folder = drops(tmp_path, "education", EDUCATION)
    with (folder / "persons" / "a.csv").open("a", encoding="utf-8") as opened:
        opened.write(f"S9,{CANARY}\n")
    assert refusal(folder).code == "E_DROP_UNREADABLE"


def test_the_reference_population(tmp_path: Path) -> None:
    tables = {**REFERENCE, "wages_quarterly": QUARTERS}
    with connect(threads=1) as con:
        load(drops(tmp_path, "reference", tables), con)
        assert con.execute("SELECT * FROM reference_population.wages ORDER BY ALL").fetchall() == [
            ("K1", 2012, "E1", 1000.75),
            ("K1", 2013, "E2", 400.0),
        ]
        names = con.execute("SELECT last_name FROM reference_population.persons ORDER BY ALL").fetchall()
        assert names == [("LEE",), ("NUNEZ",)]
        for table in reference_population.SNAPSHOT:
            columns = con.execute(f"DESCRIBE reference_population.{table.name}").fetchall()
            assert {column[0]: column[1] for column in columns} == table.schema


def test_quarterly_wages_alone(tmp_path: Path) -> None:
    tables = {"persons": REFERENCE["persons"], "employers": REFERENCE["employers"], "wages_quarterly": QUARTERS}
    with connect(threads=1) as con:
        load(drops(tmp_path, "reference", tables), con)
        wages = con.execute("SELECT year, wages FROM reference_population.wages ORDER BY ALL").fetchall()
    assert wages == [(2012, 400.0), (2013, 400.0)]


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        ("employers", None, "E_DROP_MISSING"),
        ("wages_annual", None, "E_DROP_MISSING"),
        ("persons", None, "E_DROP_MISSING"),
        ("employers", [], "E_REFERENCE_EMPLOYERS"),
        ("employers", [*REFERENCE["employers"], {"employer_id": "E1", "naics": "44"}], "E_REFERENCE_EMPLOYERS"),
        ("wages_annual", [{"person_key": "K1", "year": "2012", "wages": CANARY}], "E_REFERENCE_WAGES"),
        ("wages_annual", [{"person_key": "", "year": "2012", "wages": "1"}], "E_REFERENCE_WAGES"),
        ("wages_annual", [{"person_key": "K1", "year": "2012", "wages": "inf"}], "E_REFERENCE_WAGES"),
        ("persons", [{"person_key": "", "last_name": CANARY, "birth_date": "1990-05-01"}], "E_REFERENCE_KEYS"),
        ("persons", [{"person_key": "K1", "last_name": CANARY}], "E_REFERENCE_NO_BIRTH_DATE"),
    ],
)
def test_references_that_cannot_be_used(
    tmp_path: Path, table: str, rows: list[dict[str, str]] | None, code: str
) -> None:
    tables = {name: content for name, content in {**REFERENCE, table: rows}.items() if content is not None}
    assert refusal(drops(tmp_path, "reference", tables)).code == code


def test_the_index_holds_every_student_once_in_the_order_of_birth_dates(tmp_path: Path) -> None:
    results = []
    for number, order in enumerate((1, -1)):
        rows = EDUCATION["persons"][::order]
        folder = drops(tmp_path / str(number), "education", {**EDUCATION, "persons": rows})
        with connect(threads=1) as con:
            load(folder, con)
            results.append(con.execute("FROM education_registry.person_index ORDER BY record").fetchall())
            shown = con.execute(
                "SELECT record, student_id, last_name, birth_ymd FROM education_registry.person_index ORDER BY record"
            ).fetchall()
    assert shown == [
        (1, "S1", "OBRIEN", 19900501),
        (2, "S4", "MA", 19910501),
        (3, "S2", "LEE", None),
        (4, "S3", "LI", None),
    ]
    assert results[0] == results[1]
