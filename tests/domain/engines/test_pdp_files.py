"""Files of the Postsecondary Data Partnership: recognized under any header, judged by the published rules, read as they are meant."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.engines.exchange.pdp.columns import COHORT, COLUMNS, COURSE, recognize
from credential_pipeline.engines.exchange.pdp.judge import faults, refuse
from credential_pipeline.engines.exchange.pdp.read import PdpFile, meant, read_pdp
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch

CANARY = "Zyzzogeton"
TODAY = date(2026, 11, 26)
HEADERS = {file: [column.field.header for column in COLUMNS[file] if not column.later] for file in COLUMNS}
STUDENT = {
    "Study ID": "A1", "Institution ID": "00999900", "Cohort": "2016-17", "Cohort Term": "FALL", "Gender": "F",
    "Enrollment Type": "Transfer-In", "Enrollment Intensity First Term": "Full-Time", "Math Placement": "C",
    "Race": "Two or More Races", "Student Age": ">20 - 24", "Retention": "1", "Persistence": "0",
    "Years of Last Enrollment at cohort institution": "1", "Years of Last Enrollment at other institution": "0",
    "Years to Bachelors at cohort inst.": "0", "Years to Bachelor at other inst.": "4", "Military Status": "-1",
    "Number of Credits Earned Year 1": "27.5", "GPA Group Year 1": "3.9", "Completed": "",
}  # fmt: skip
SECTION = {
    "Study ID": "A1", "Institution ID": "00999900", "Cohort": "2016-17", "Cohort Term": "FALL", "Academic Year": "2017-18",
    "Academic Term": "SPRING", "Course Prefix": "MATH", "Course Number": "101", "Section ID": "1", "Course Type": "CU",
    "Course Begin Date": "20180108", "Number of Credits Attempted": "3", "Number of Credits Earned": "3",
    "Credential Engine Identifier": "ce-56d1893b-c852-4cba-a7a9-9bbede29d9a5",
}  # fmt: skip
ROWS = {COHORT: STUDENT, COURSE: SECTION}


def write(folder: Path, file: str, rows: Sequence[Mapping[str, str]], header: Sequence[str] = ()) -> Path:
    path = folder / f"{file}.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, header or HEADERS[file], restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def found(folder: Path, file: str, *changes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Code and text of the faults of a file whose rows are good ones with changes."""
    rows = [{**ROWS[file], "Study ID": f"A{number}", **change} for number, change in enumerate(changes)]
    with connect(threads=1) as con, scratch(con) as work:
        opened = read_pdp(work, write(folder, file, rows))
        told = [(fault.code, str(fault)) for fault in faults(work, file, opened.rows, today=TODAY)]
    assert CANARY not in str(told)
    return told


def test_the_files_have_as_many_columns_as_published() -> None:
    assert (len(HEADERS[COHORT]), len(HEADERS[COURSE])) == (77, 34)
    assert {file: sum(column.later for column in COLUMNS[file]) for file in COLUMNS} == {COHORT: 8, COURSE: 1}


@pytest.mark.parametrize("file", [COHORT, COURSE])
def test_a_header_is_recognized_in_every_variant(file: str) -> None:
    published = HEADERS[file]
    guid = ["Student GUID", *(header for header in published if header != "Study ID")]
    ours = [column.name for column in COLUMNS[file]]
    for written in (published, guid, ours, [header.upper() for header in published], [*published, "Further Column"]):
        header = recognize(written, "x.csv")
        assert header.file == file
        assert set(header.names) - {""} == {column.name for column in COLUMNS[file]} & {*header.names}
        assert "student_id" in header.names
    assert (
        recognize(["AttemptedDevMathY1", *HEADERS[COHORT][:36], *HEADERS[COHORT][37:]], "x").names[0]
        == "attempted_dev_math_y_1"
    )


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (["first", "second"], "neither a PDP cohort file nor"),
        (HEADERS[COHORT][:60], "lacks columns of a PDP cohort file: "),
        ([*HEADERS[COURSE], "student_guid"], "twice: student_id"),
    ],
)
def test_another_header_is_refused(written: list[str], says: str) -> None:
    with pytest.raises(SafeError, match=says) as caught:
        recognize(written, "x.csv")
    assert caught.value.code == "E_PDP_HEADER"


def test_columns_that_came_later_or_are_optional_may_be_absent(tmp_path: Path) -> None:
    optional = {column.field.header for column in COLUMNS[COHORT] if column.optional}
    path = write(tmp_path, COHORT, [STUDENT], [header for header in HEADERS[COHORT] if header not in optional])
    with connect(threads=1) as con, scratch(con) as work:
        opened = read_pdp(work, path)
        assert faults(work, COHORT, opened.rows) == ()
        assert con.execute(f"SELECT special_program, student_id FROM {opened.rows}").fetchall() == [(None, "A1")]


@pytest.mark.parametrize("file", [COHORT, COURSE])
def test_a_good_file_has_no_fault(tmp_path: Path, file: str) -> None:
    assert (
        found(
            tmp_path, file, {"Cohort": "2026-27"}, {"Gender": "UK", "Race": "white"}, {"Student Age": "20 AND YOUNGER"}
        )
        == []
    )


@pytest.mark.parametrize(
    ("file", "change", "code", "column"),
    [
        (COHORT, {"Gender": CANARY}, "E_PDP_VALUE", "Gender: must be one of F, M, P, X, UK"),
        (COHORT, {"Race": CANARY}, "E_PDP_VALUE", "Race"),
        (COHORT, {"AttemptedGatewayMathYear1": "NA"}, "E_PDP_VALUE", "AttemptedGatewayMathYear1: must be one of Y, N"),
        (COHORT, {"Retention": ""}, "E_PDP_BLANK", "Retention"),
        (COHORT, {"Years to Bachelor at other inst.": "9"}, "E_PDP_VALUE", "a whole number from 0 to 8"),
        (COHORT, {"Years to Bachelor at other inst.": "2.5"}, "E_PDP_VALUE", "a whole number from 0 to 8"),
        (COHORT, {"GPA Group Year 1": "4.1"}, "E_PDP_VALUE", "a number from 0 to 4"),
        (COHORT, {"Number of Credits Earned Year 1": "-1"}, "E_PDP_VALUE", "a number of 0 or more"),
        (COHORT, {"Cohort": "2016-18"}, "E_PDP_VALUE", "a school year such as 2016-17"),
        (COHORT, {"Study ID": "A0"}, "E_PDP_KEY", "a student stands twice"),
        (COURSE, {"Study ID": "A0"}, "E_PDP_KEY", "a section twice"),
        (COURSE, {"Number of Credits Earned": "4"}, "E_PDP_CREDITS", "more than attempted"),
        (COHORT, {"Number of Credits Attempted Year 2": "3", "Number of Credits Earned Year 2": "4"}, "E_PDP_CREDITS",
         "Number of Credits Earned Year 2: more than attempted"),
        *((COHORT, {"Number of Credits Earned Year 1": word}, "E_PDP_VALUE", "a number of 0 or more")
          for word in ("inf", "Infinity", "nan", "1e5", "1_0")),
        (COHORT, {"Years to Bachelor at other inst.": "1e0"}, "E_PDP_VALUE", "a whole number from 0 to 8"),
        (COHORT, {"Time to Credential": "nan"}, "E_PDP_VALUE", "a number of 0 or more"),
        *((COURSE, {"Course Name": f"{CANARY}{sign}x"}, "E_PDP_VALUE", "Course Name: must be one line")
          for sign in ("\0", "\n", "\r\n", "\t", "\x1b[31m", "\x85", "\u2028")),
        (COHORT, {"Study ID": "A\n9"}, "E_PDP_VALUE", "one line without control characters"),
        (COHORT, {"Cohort": "2027-28"}, "E_PDP_VALUE", "Cohort: must not begin after 2026"),
        (COURSE, {"Academic Year": "2031-32"}, "E_PDP_VALUE", "Academic Year: must not begin after 2026"),
        (COURSE, {"Number of Credits Attempted": "21"}, "E_PDP_VALUE", "from 0 to 20"),
        (COURSE, {"Course Begin Date": "2018-01-08"}, "E_PDP_VALUE", "YYYYMMDD"),
        (COURSE, {"Course Begin Date": "20180230"}, "E_PDP_VALUE", "YYYYMMDD"),
        (COURSE, {"Credential Engine Identifier": "56d1893b"}, "E_PDP_VALUE", "a CTID"),
    ],
)  # fmt: skip
def test_a_fault_is_one_line_with_the_column_and_the_row(
    tmp_path: Path, file: str, change: dict[str, str], code: str, column: str
) -> None:
    ((told_code, told),) = found(tmp_path, file, {}, {}, change)
    assert told_code == code
    assert column in told
    assert told.endswith("(1 row, first row 4)")


def test_two_institutions_in_one_file_are_refused(tmp_path: Path) -> None:
    ((code, told),) = found(tmp_path, COHORT, {}, {"Institution ID": "00888800"})
    assert (code, told) == ("E_PDP_INSTITUTIONS", "Institution ID: there are 2 institutions; send a file for each")
    assert found(tmp_path, COHORT, {}, {"Institution ID": "999900"}) == []
    assert found(tmp_path, COHORT) == [("E_PDP_EMPTY", "there is no row")]


def test_a_refusal_tells_the_first_faults_only(tmp_path: Path) -> None:
    broken = dict.fromkeys(HEADERS[COHORT], CANARY)
    with connect(threads=1) as con, scratch(con) as work, pytest.raises(SafeError) as caught:
        refuse(faults(work, COHORT, read_pdp(work, write(tmp_path, COHORT, [broken])).rows), "x.csv")
    assert "more faults" in str(caught.value)
    assert CANARY not in str(caught.value)
    refuse([], "x.csv")


def test_what_is_meant_by_values(tmp_path: Path) -> None:
    names = (
        "gender",
        "race",
        "military_status",
        "years_to_bachelors_at_cohort_inst",
        "years_to_bachelor_at_other_inst",
    )
    names += ("years_of_last_enrollment_at_other_institution", "math_placement")
    rows = [STUDENT, STUDENT | {"Study ID": "B", "Gender": "uk", "Race": "HISPANIC", "Math Placement": "UK"}]
    with connect(threads=1) as con, scratch(con) as work:
        opened: PdpFile = read_pdp(work, write(tmp_path, COHORT, rows))
        said = con.execute(
            f"SELECT {', '.join(names)} FROM {meant(work, COHORT, opened.rows)} ORDER BY row_number"
        ).fetchall()
    assert said == [
        ("F", "Two or more races", None, None, "4", "0", "C"),
        (None, "Hispanic", None, None, "4", "0", None),
    ]


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, COURSE, [SECTION])
    path.write_text(path.read_text(encoding="utf-8") + '"A2,1\n', encoding="utf-8")
    with connect(threads=1) as con, scratch(con) as work, pytest.raises(SafeError, match="E_PDP_UNREADABLE"):
        read_pdp(work, path)
    path.write_bytes(b"\xff\xfe\x00")
    with connect(threads=1) as con, scratch(con) as work, pytest.raises(SafeError, match="E_PDP_UNREADABLE"):
        read_pdp(work, path)
