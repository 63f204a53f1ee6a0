"""PDP files in place of a registry: enrollments and degrees of a roster of persons, or one clear line."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.foundation.contracts import education_registry
from credential_pipeline.foundation.layouts import LAYOUTS
from credential_pipeline.foundation.storage.engine import Connection, connect
from tests.domain.drops import CANARY, refusal, write

PERSONS = [
    {
        "student_id": number,
        "first_name": "Ann",
        "last_name": f"Lee{number}",
        "birth_date": f"199{place}-05-01",
        "ferpa_block": "N",
    }
    for place, number in enumerate(("A1", "A2", "A3"))
]
COLUMNS = {table.name: table.column_names for table in education_registry.SNAPSHOT}
HEADERS = {file: [field.header for field in LAYOUTS[f"pdp_{file}"]] for file in ("cohort", "course")}
LATER = [field.header for field in LAYOUTS["pdp_cohort_since_2025"]]
STUDENT = {
    "Institution ID": "999900", "Cohort": "2016-17", "Cohort Term": "FALL", "Enrollment Type": "FIRST-TIME", "Retention": "1",
    "Enrollment Intensity First Term": "FULL-TIME", "Persistence": "1", "Program of Study Term 1": "480501",
    "Years of Last Enrollment at cohort institution": "3", "Years of Last Enrollment at other institution": "0",
    "Years to Bachelors at cohort inst.": "0", "Credential Type Sought Year 1": "Associate Degree",
}  # fmt: skip
SECTION = {
    "Institution ID": "00999900", "Cohort": "2016-17", "Cohort Term": "FALL", "Academic Year": "2017-18", "Academic Term": "SPRING",
    "Course Prefix": "MATH", "Course Number": "101", "Section ID": "1", "Course Type": "CU", "Course Begin Date": "20180108",
    "Course End Date": "20180510",
}  # fmt: skip
Rows = Sequence[Mapping[str, str]]


def drops(home: Path, **files: Rows) -> Path:
    folder = home / "education"
    write(folder, "persons", PERSONS, COLUMNS["persons"])
    for name, rows in files.items():
        file = name.split("_")[0]
        known = [header for header in (*HEADERS[file], *LATER) if header in HEADERS[file] or header in rows[0]]
        write(folder, "pdp", [dict.fromkeys(known, "") | row for row in rows], known, f"{name}.csv")
    return folder


def load(con: Connection, folder: Path) -> None:
    con.execute("CREATE SCHEMA IF NOT EXISTS education_registry")
    load_education_registry(con, folder)


def told(folder: Path, table: str, *columns: str) -> list[tuple]:
    with connect(threads=1) as con:
        load(con, folder)
        kinds = {row[0]: row[1] for row in con.execute(f"DESCRIBE education_registry.{table}").fetchall()}
        assert kinds == education_registry.SNAPSHOT.table(table).schema
        return con.execute(
            f"SELECT student_id, {', '.join(columns)} FROM education_registry.{table} ORDER BY ALL"
        ).fetchall()


def test_a_student_without_courses_is_enrolled_from_entry_to_the_last_year(tmp_path: Path) -> None:
    students = [STUDENT | {"Study ID": "A1"}, STUDENT | {"Study ID": "A2", "Cohort Term": "SPRING",
                "Years of Last Enrollment at cohort institution": "1", "Enrollment Intensity First Term": "PART-TIME"}]  # fmt: skip
    found = told(
        drops(tmp_path, cohort=students),
        "enrollments",
        "opeid",
        "begin_date",
        "end_date",
        "status",
        "cip",
        "degree_seeking",
    )
    assert found == [
        ("A1", "00999900", date(2016, 8, 15), date(2019, 5, 31), "F", "48.0501", True),
        ("A2", "00999900", date(2017, 1, 15), date(2017, 5, 31), None, "48.0501", True),
    ]


def test_courses_tell_the_terms_and_credentials_are_no_enrollment(tmp_path: Path) -> None:
    rows = [
        SECTION | {"Study ID": "A1"},
        SECTION | {"Study ID": "A1", "Course Number": "102", "Course Begin Date": "", "Course End Date": "20180512"},
        SECTION | {"Study ID": "A1", "Academic Year": "2016-17", "Academic Term": "FALL", "Course Begin Date": "", "Course End Date": ""},
        SECTION | {"Study ID": "A1", "Academic Year": "2018-19", "Course Type": "NC",
                   "Credential Engine Identifier": "ce-56d1893b-c852-4cba-a7a9-9bbede29d9a5"},
    ]  # fmt: skip
    folder = drops(tmp_path, cohort=[STUDENT | {"Study ID": "A1"}], course=rows)
    assert told(folder, "enrollments", "begin_date", "end_date", "credit", "status", "cip") == [
        ("A1", date(2016, 8, 15), date(2016, 12, 31), True, "F", "48.0501"),
        ("A1", date(2018, 1, 8), date(2018, 5, 12), True, None, None),
    ]


def test_degrees_are_at_the_end_of_their_year_and_zero_is_none(tmp_path: Path) -> None:
    cohort = "Years to Associates or Certificate at cohort inst."
    rows = [
        STUDENT | {"Study ID": "A1", cohort: "2", "First Year to Associates or Certificate at cohort inst.": "1",
                   "Years to Bachelor at other inst.": "4"},
        STUDENT | {"Study ID": "A2", "Years to Bachelors at cohort inst.": "5", "First Year to Bachelors at cohort inst.": "5"},
    ]  # fmt: skip
    assert told(drops(tmp_path, cohort=rows), "degrees", "degree_level", "degree_date", "opeid") == [
        ("A1", "associate or certificate", date(2017, 5, 31), "00999900"),
        ("A1", "associate or certificate", date(2018, 5, 31), "00999900"),
        ("A2", "bachelor", date(2021, 5, 31), "00999900"),
    ]
    rows = [
        row | {"Years to Latest Certificate at cohort inst.": "2" if row["Study ID"] == "A1" else ""} for row in rows
    ]
    found = told(drops(tmp_path / "later", cohort=rows), "degrees", "degree_level")
    assert found == [("A1", "certificate"), ("A2", "bachelor")]


def test_what_a_drop_tells_of_a_student_at_an_institution_counts(tmp_path: Path) -> None:
    folder = drops(tmp_path, cohort=[STUDENT | {"Study ID": "A1"}, STUDENT | {"Study ID": "A2"}])
    write(
        folder,
        "enrollments",
        [{"student_id": "A1", "opeid": "00999901", "begin_date": "2016-08-20"}],
        COLUMNS["enrollments"],
    )
    assert told(folder, "enrollments", "begin_date") == [("A1", date(2016, 8, 20)), ("A2", date(2016, 8, 15))]


def test_several_institutions_send_a_file_each_and_a_later_file_takes_the_place_of_an_earlier(tmp_path: Path) -> None:
    other = STUDENT | {"Study ID": "A1", "Institution ID": "00888800"}
    later = STUDENT | {"Study ID": "A1", "Cohort": "2015-16"}
    folder = drops(tmp_path, cohort_a=[STUDENT | {"Study ID": "A1"}], cohort_b=[other], cohort_c=[later])
    assert told(folder, "enrollments", "opeid", "begin_date") == [
        ("A1", "00888800", date(2016, 8, 15)),
        ("A1", "00999900", date(2015, 8, 15)),
    ]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"cohort": [STUDENT | {"Study ID": "A1"}, STUDENT | {"Study ID": "A2", "Institution ID": "00888800"}]}, "E_PDP_INSTITUTIONS"),
        ({"cohort": [STUDENT | {"Study ID": "A1", "Race": CANARY}]}, "E_PDP_VALUE"),
        ({"course": [SECTION | {"Study ID": "A1"}]}, "E_PDP_COHORT"),
        ({"cohort": [STUDENT | {"Study ID": "078-05-1120"}]}, "E_PDP_SSN"),
    ],
)  # fmt: skip
def test_a_file_with_a_fault_is_refused(tmp_path: Path, files: dict[str, Rows], code: str) -> None:
    assert refusal(load, drops(tmp_path, **files)).code == code


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    folder = drops(tmp_path, cohort=[STUDENT | {"Study ID": "A1"}])
    path = folder / "pdp" / "cohort.csv"
    path.write_bytes(path.read_bytes()[:-2])
    assert refusal(load, folder).code == "E_DROP_CUT"
