"""Drops of the education registry: standard form, or one clear line."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.foundation.contracts import education_registry
from credential_pipeline.foundation.drop_findings import explain_findings
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import CANARY, Rows, write, write_drop
from tests.domain.drops import refusal as refusal_of

EDUCATION: dict[str, list[dict[str, str]]] = {
    "persons": [
        {"student_id": "S1", "first_name": "José", "last_name": "O'Brien Jr.", "birth_date": "1990-05-01", "sex": "m",
         "ssn_last4": "0000", "state": "oh", "zip": "45402-1234", "ferpa_block": "N"},
        {"student_id": "S2", "first_name": "Ann", "last_name": "Lee", "birth_date": "1900-01-01", "ferpa_block": "Y"},
        {"student_id": "S3", "first_name": "Bo", "last_name": "Li", "birth_date": "05/01/1990", "ferpa_block": "yes"},
        {"student_id": "S4", "first_name": "Cy", "last_name": "Ma", "birth_date": "1991-05-01", "ferpa_block": "0"},
    ],
    "enrollments": [
        {"student_id": "S1", "sector": "Public_2yr", "credit": "Y", "degree_seeking": "n", "begin_date": "2011-08-20"},
    ],
    "degrees": [{"student_id": "S1", "degree_date": "2012-05-20", "degree_title": "AAS"}],
}  # fmt: skip
COLUMNS = {table.name: table.column_names for table in education_registry.SNAPSHOT}


def drops(folder: Path, tables: Mapping[str, Rows] = EDUCATION) -> Path:
    return write_drop(folder / "education", tables, COLUMNS)


def load(con: Connection, folder: Path) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS education_registry")
    load_education_registry(con, folder)


def refusal(folder: Path) -> SafeError:
    return refusal_of(load, folder)


def test_the_education_registry_in_standard_form(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        load(con, drops(tmp_path))
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
    first = drops(tmp_path / "csv")
    second = drops(tmp_path / "mixed")
    with connect(threads=1) as con:
        con.execute(
            f"""
            COPY (SELECT 'x' AS extra, * EXCLUDE (birth_date), try_cast(birth_date AS TIMESTAMP) AS Birth_Date
                FROM read_csv('{second}/persons/a.csv', all_varchar = true) WHERE student_id IN ('S1', 'S2'))
            TO '{second}/persons/b.parquet'
            """
        )
        write(second, "persons", EDUCATION["persons"][2:], COLUMNS["persons"][::-1])
        results = []
        for folder in (first, second):
            load(con, folder)
            results.append(con.execute("SELECT * FROM education_registry.persons ORDER BY ALL").fetchall())
        assert results[0] == results[1]


def test_what_is_wrong_with_an_education_drop_is_said(tmp_path: Path) -> None:
    folder = drops(tmp_path / "a", {name: EDUCATION[name] for name in ("persons", "enrollments")})
    assert refusal(folder).code == "E_DROP_MISSING"
    assert "education/degrees" in refusal(folder).message
    folder = drops(tmp_path / "b")
    columns = [name for name in COLUMNS["persons"] if name not in {"ferpa_block", "zip"}]
    write(folder, "persons", [{"student_id": CANARY, "last_name": CANARY}], columns, "b.csv")
    assert refusal(folder).code == "E_DROP_COLUMN"
    assert "b.csv lacks the columns zip, ferpa_block" in refusal(folder).message
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
    folder = drops(tmp_path, {**EDUCATION, "persons": change(EDUCATION["persons"])})
    assert refusal(folder).code == code


@pytest.mark.parametrize("mark", ["", " ", "?", "unknown"])
def test_a_block_that_is_blank_or_unknown_is_no_consent(tmp_path: Path, mark: str) -> None:
    folder = drops(tmp_path)
    write(
        folder,
        "persons",
        [{**EDUCATION["persons"][0], "student_id": "S9", "ferpa_block": mark}],
        COLUMNS["persons"],
        "b.csv",
    )
    answer = refusal(folder)
    assert answer.code == "E_REGISTRY_NO_BLOCKS"
    assert "education/persons/b.csv: 1 rows have" in answer.message
    assert "a.csv" not in answer.message


@pytest.mark.parametrize("table", ["persons", "enrollments", "degrees"])
def test_a_file_without_its_last_line_end_is_cut_off(tmp_path: Path, table: str) -> None:
    folder = drops(tmp_path)
    file = folder / table / "a.csv"
    file.write_bytes(file.read_bytes().rstrip(b"\r\n"))
    answer = refusal(folder)
    assert answer.code == "E_DROP_CUT"
    assert f"education/{table}/a.csv" in answer.message


@pytest.mark.parametrize("content", [b"student_id,\xff\xfe\n1,2\n", b"PAR1 but not parquet"])
def test_an_unreadable_file_is_named_without_its_content(tmp_path: Path, content: bytes) -> None:
    folder = drops(tmp_path)
    (folder / "persons" / "b.parquet").write_bytes(content + CANARY.encode())
    assert refusal(folder).code == "E_DROP_UNREADABLE"


def test_a_row_that_breaks_off_refuses_the_drop(tmp_path: Path) -> None:
    folder = drops(tmp_path)
    with (folder / "persons" / "a.csv").open("a", encoding="utf-8") as opened:
        opened.write(f"S9,{CANARY}\n")
    assert refusal(folder).code == "E_DROP_UNREADABLE"


def test_the_index_holds_every_student_once_in_the_order_of_birth_dates(tmp_path: Path) -> None:
    results = []
    for number, order in enumerate((1, -1)):
        rows = EDUCATION["persons"][::order]
        folder = drops(tmp_path / str(number), {**EDUCATION, "persons": rows})
        with connect(threads=1) as con:
            load(con, folder)
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


CASES = Path(__file__).parent / "cases"


def noted(con: Connection) -> list[tuple[object, ...]]:
    return con.execute(
        'SELECT "table", delivery, measure, finding, found, rows, note FROM education_registry.drop_findings ORDER BY ALL'
    ).fetchall()


def test_enrollments_of_nobody_are_counted_with_the_likely_cause(tmp_path: Path) -> None:
    folder = drops(tmp_path)
    for name in ("persons", "enrollments"):
        (folder / name / "a.csv").write_bytes((CASES / "10-lost-zeros" / f"{name}.csv").read_bytes())
    with connect(threads=1) as con:
        load(con, folder)
        (degree, enrollment) = noted(con)
        assert enrollment[:6] == ("enrollments", "all", "student_id", "unknown", 100, 100)
        ids = con.execute("SELECT count(DISTINCT student_id) FROM education_registry.enrollments").fetchall()[0][0]
        assert enrollment[6] == (
            "enrollments have ids of 9 characters, persons of 5 to 8 characters;"
            f" without their leading zeros, {ids} of {ids} would be known"
        )
        assert degree[:6] == ("degrees", "all", "student_id", "unknown", 1, 1)
        said = explain_findings(con, education_registry.SNAPSHOT, "education", 0.05)
        assert (
            "education/enrollments: 100 of 100 rows have a student_id of nobody (enrollments have ids of 9 characters"
            in said
        )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1990-05-01", True), ("19900501", True), ("19900501.0", True), ("1990-05-01 00:00:00", True), ("", None), ("unknown", None),
        ("0000-00-00", None), ("1900-01-01", None), ("99999999", None), ("05/01/1990", False), ("1990-05-01 05:00:00", False),
        ("32994", False), ("01-May-90", False),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_not_a_missing_one(tmp_path: Path, written: str, read: bool | None) -> None:  # noqa: FBT001
    folder = drops(tmp_path, {**EDUCATION, "persons": EDUCATION["persons"][:2]})
    write(folder, "persons", [{**EDUCATION["persons"][3], "birth_date": written}], COLUMNS["persons"], "b.csv")
    with connect(threads=1) as con:
        load(con, folder)
        born = con.execute("SELECT birth_date FROM education_registry.persons WHERE student_id = 'S4'").fetchall()
        assert born == [(date(1990, 5, 1) if read else None,)]
        expected = [("persons", "all", 1, 3), ("persons", "b.csv", 1, 1)] if read is False else []
        assert [(table, file, found, rows) for table, file, _, _, found, rows, _ in noted(con)] == expected


def test_levels_of_degrees_are_read_as_they_are_spelled_or_counted_as_unknown(tmp_path: Path) -> None:
    levels = ("Bachelor's Degree", "ASSOCIATE", "unknown", "", "05", CANARY)
    degrees = [
        {**EDUCATION["degrees"][0], "degree_date": f"2012-05-{n + 1:02}", "degree_level": level}
        for n, level in enumerate(levels)
    ]
    with connect(threads=1) as con:
        load(con, drops(tmp_path, {**EDUCATION, "degrees": degrees}))
        read = con.execute("SELECT degree_level FROM education_registry.degrees ORDER BY degree_date").fetchall()
        assert read == [("bachelor",), ("associate",), (None,), (None,), (None,), (None,)]
        found = [one[:6] for one in noted(con) if one[0] == "degrees"]
        said = explain_findings(con, education_registry.SNAPSHOT, "education", 0.05)
    # What keeps nothing back is not told as the reason of a refusal.
    assert "degree_level" not in said
    assert found == [
        ("degrees", "a.csv", "degree_level", "unknown word", 2, 5),
        ("degrees", "all", "degree_level", "unknown word", 2, 5),
    ]


def test_an_opeid_has_eight_digits_and_what_is_none_stays_as_it_is(tmp_path: Path) -> None:
    written = {
        "00234500": "00234500", "002345": "00234500", "002345-02": "00234502", "00-2345": "00234500", "2345": "2345",
        "0023450": "0023450", "002345002": "002345002", "A02345-02": "A02345-02", "--------": "--------", "": None,
    }  # fmt: skip
    rows = [{"student_id": "S1", "opeid": opeid, "begin_date": "2011-08-20"} for opeid in written]
    degrees = [{"student_id": "S1", "opeid": opeid, "degree_date": "2012-05-20"} for opeid in written]
    with connect(threads=1) as con:
        load(con, drops(tmp_path, {**EDUCATION, "enrollments": rows, "degrees": degrees}))
        for table in ("enrollments", "degrees"):
            found = con.execute(f"SELECT opeid FROM education_registry.{table} ORDER BY ALL NULLS FIRST").fetchall()
            assert [one for (one,) in found] == sorted(written.values(), key=lambda one: one or "")


@pytest.mark.parametrize("kind", ["INTEGER", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"])
def test_dates_and_digits_of_parquet_columns_of_any_type(tmp_path: Path, kind: str) -> None:
    folder = drops(tmp_path)
    (folder / "persons" / "a.csv").unlink()
    day = "19900501" if kind in {"INTEGER", "DOUBLE"} else "DATE '1990-05-01'"
    nothing = ", ".join(
        f"NULL AS {name}"
        for name in COLUMNS["persons"]
        if name not in {"student_id", "last_name", "birth_date", "zip", "ssn_last4", "ferpa_block"}
    )
    with connect(threads=1) as con:
        con.execute(
            f"COPY (SELECT 'S1' AS student_id, 'Lee' AS last_name, CAST({day} AS {kind}) AS birth_date, 4891 AS zip,"
            f" 123.0::DOUBLE AS ssn_last4, 'N' AS ferpa_block, {nothing}) TO '{folder}/persons/a.parquet'"
        )
        load(con, folder)
        found = con.execute("SELECT birth_date, zip, ssn_last4 FROM education_registry.persons").fetchall()
        assert found == [(date(1990, 5, 1), "04891", "0123")]
