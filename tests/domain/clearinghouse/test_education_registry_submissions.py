"""Files as institutions submit them to the PDP, in place of a registry: read where they tell terms, counted where they do not."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.test_education_registry_pdp import COLUMNS, PERSONS, STUDENT, drops, load, told
from tests.domain.drops import CANARY, refusal, write

SSN = "078051120"
COHORT = (
    "CH1,Cohort,Cohort Term,Cohort Term Begin Date, Cohort Term End Date,SSN,ITIN,Student ID,First Name,Middle Name,Last Name,"
    "Date of Birth,Ethnicity,Race,Institution ID Type,Institution ID,Enrollment Type"
)
COURSE = (
    "CH1,Cohort,Cohort Term,Academic Year,Term,Institution ID Type,Institution ID,SSN,ITIN,Student ID,First Name,Last Name,"
    "Course Prefix,Course Number,Section ID,Course Type,Course Begin Date,Course End Date"
)
AID = "CH1,Cohort,Cohort Term,SSN,Student ID,Pell Status"
HEADER = "{kind},10027795,999900,00,,,,,20171030,,TEST,,,,"


def cohort(student: str = "A1", term: str = "Fall", begin: str = "20160822", end: str = "20161216", **more: str) -> str:
    said = {"cohort": "2016-17", "institution": "00999900", "record": "D1"} | more
    return (
        f'{said["record"]},{said["cohort"]},{term},{begin},{end},{SSN},,{student},Ann,,"{CANARY}, Jr",19900501,N,White,OPEID,'
        f"{said['institution']},F"
    )


def course(student: str = "A1", number: str = "101", begin: str = "20170109", **more: str) -> str:
    said = {"year": "2016-17", "type": "CU"} | more
    return (
        f"D1,2016-17,Fall,{said['year']},Spring,OPEID,00999900,{SSN},,{student},Ann,{CANARY},MATH,{number},1,{said['type']},"
        f"{begin},20170512"
    )


def submitted(kind: str, headings: str, *details: str, trailer: str = "", header: str = HEADER) -> str:
    return "\n".join([header.format(kind=kind), headings, *details, trailer or f"T1,{len(details) + 3},"]) + "\n"


def put(home: Path, **files: str) -> Path:
    folder = home / "education"
    write(folder, "persons", PERSONS, COLUMNS["persons"])
    (folder / "pdp").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "pdp" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def findings(folder: Path) -> Sequence[tuple]:
    with connect(threads=1) as con:
        load(con, folder)
        return con.execute(
            'SELECT "table", delivery, measure, finding, found, rows FROM education_registry.drop_findings ORDER BY ALL'
        ).fetchall()


SPELL = ("A1", "00999900", date(2016, 8, 22), date(2016, 12, 16))


def test_a_submitted_cohort_file_tells_the_term_of_entry(tmp_path: Path) -> None:
    folder = put(tmp_path, a=submitted("DCE01", COHORT, cohort(), cohort("A2", "Spring", "", "")))
    found = told(folder, "enrollments", "opeid", "begin_date", "end_date")
    assert found == [SPELL, ("A2", "00999900", date(2017, 1, 15), date(2017, 5, 31))]
    assert told(folder, "degrees") == []


def test_what_spreadsheets_leave_at_the_ends_makes_no_difference(tmp_path: Path) -> None:
    """A byte order mark, blanks after the header and the trailer, lines of commas, other line ends."""
    plain = submitted("DCE01", COHORT, cohort())
    lines = [
        line if line.startswith("D1") else line.rstrip(",") + "," * (17 - line.rstrip(",").count(","))
        for line in plain.splitlines()
    ]
    text = "\ufeff" + "\r\n".join([*lines, "," * 16, ""])
    assert told(put(tmp_path, a=text), "enrollments", "opeid", "begin_date", "end_date") == [SPELL]


def test_a_submitted_course_file_tells_terms(tmp_path: Path) -> None:
    courses = submitted("DCE02", COURSE, course(), course(number="102", begin="20170103"), course("A2", type="NC"))
    folder = put(tmp_path, a=submitted("DCE01", COHORT, cohort(), cohort("A2")), b=courses)
    assert told(folder, "enrollments", "begin_date", "end_date", "credit") == [
        ("A1", date(2017, 1, 3), date(2017, 5, 12), True),
        ("A2", date(2017, 1, 9), date(2017, 5, 12), False),
    ]
    assert findings(folder) == []


def test_an_analysis_ready_file_tells_more_and_counts_whatever_the_names(tmp_path: Path) -> None:
    folder = drops(tmp_path, cohort_a=[STUDENT | {"Study ID": "A1"}])
    (folder / "pdp" / "z.csv").write_text(submitted("DCE01", COHORT, cohort(), cohort("A2")), encoding="utf-8")
    ends = dict(told(folder, "enrollments", "end_date"))
    assert ends == {"A1": date(2019, 5, 31), "A2": date(2016, 12, 16)}


def test_financial_aid_is_counted_by_name_and_not_read(tmp_path: Path) -> None:
    aid = submitted("DCE03", AID, *["D1,2016-17,Fall,,A1,Y"] * 3)
    folder = put(tmp_path, a=submitted("DCE01", COHORT, cohort()), aid=aid)
    what = "a financial aid file as it is submitted to the PDP (DCE03)"
    assert findings(folder) == [("pdp", shown_file(folder / "pdp" / "aid.csv"), what, "not read", 3, 3)]
    assert told(folder, "enrollments", "opeid", "begin_date", "end_date") == [SPELL]


def test_nothing_else_of_a_person_is_kept(tmp_path: Path) -> None:
    folder = put(tmp_path, a=submitted("DCE01", COHORT, cohort()), b=submitted("DCE02", COURSE, course()))
    with connect(threads=1) as con:
        load(con, folder)
        for (table,) in con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'education_registry'"
        ).fetchall():
            rows = str(con.execute(f"FROM education_registry.{table}").fetchall())
            assert CANARY not in rows, table
            assert SSN not in rows, table
            assert SSN[-4:] not in rows, table


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (submitted("DCE01", COHORT, cohort(), trailer="T1,3,"), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), trailer="T1,1,"), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), trailer="T1,4,9"), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), trailer="T1,\u0664,"), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), trailer="T1"), "E_PDP_COUNT"),
        (submitted("DCE03", AID, "D1,2016-17,Fall,,A1,Y", trailer="T1,5,"), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), trailer=cohort("A2")), "E_PDP_TRAILER"),
        ("DCE01,1\n", "E_PDP_HEADER"),
        (HEADER.format(kind="DCE01") + "\n", "E_PDP_TRAILER"),
        (submitted("DCE01", COHORT), "E_PDP_EMPTY"),
        (submitted("DCE01", cohort(), cohort("A2")), "E_PDP_HEADER"),
        (HEADER.format(kind="DCE01") + "\nT1,2,\n", "E_PDP_HEADER"),
        (submitted("DCE01", COHORT.replace("Student ID", "Id"), cohort()), "E_PDP_HEADER"),
        (submitted("DCE01", COHORT.replace("First Name", "Student ID"), cohort()), "E_PDP_HEADER"),
        (submitted("DCE01", COHORT, cohort(), cohort(record="D2")), "E_PDP_RECORD"),
        (submitted("DCE01", COHORT, cohort(), cohort() + ",more"), "E_PDP_RECORD"),
        (submitted("DCE01", COHORT, cohort(), cohort().rpartition(",")[0]), "E_PDP_RECORD"),
        (submitted("DCE01", COHORT, cohort(), ","), "E_PDP_RECORD"),
        (submitted("DCE01", COHORT, cohort(""), cohort("A2")), "E_PDP_BLANK"),
        (submitted("DCE01", COHORT, cohort(), cohort()), "E_PDP_KEY"),
        (submitted("DCE01", COHORT, cohort(begin="2016-08-22")), "E_PDP_VALUE"),
        (submitted("DCE01", COHORT, cohort(term=CANARY)), "E_PDP_VALUE"),
        (submitted("DCE01", COHORT, cohort(begin="20161216", end="20160822")), "E_PDP_VALUE"),
        (submitted("DCE02", COURSE, course(begin="20180109")), "E_PDP_VALUE"),
        (submitted("DCE01", COHORT, cohort(), cohort("A2", institution="00888800")), "E_PDP_INSTITUTIONS"),
        (submitted("DCE01", COHORT, cohort()).replace("19900501", '"19900501'), "E_PDP_UNREADABLE"),
        (submitted("DCE01", COHORT, cohort("A\0")), "E_PDP_UNREADABLE"),
        (submitted("DCE01", COHORT, cohort(SSN)), "E_PDP_SSN"),
        (submitted("DCE01", COHORT, cohort("078-05-1120")), "E_PDP_SSN"),
        (submitted("DCE01", COHORT, cohort("219-09-9999")), "E_PDP_SSN"),
        (submitted("DCE02", COURSE, course(SSN)), "E_PDP_SSN"),
        (submitted("DCE01", COHORT, cohort(institution="ABC")), "E_PDP_VALUE"),
        (submitted("DCE01", COHORT, cohort(begin="99991230", end="99991231")), "E_PDP_VALUE"),
        (submitted("DCE01", COHORT, cohort()) + submitted("DCE02", COURSE, course()), "E_PDP_COUNT"),
        (submitted("DCE01", COHORT, cohort(), "", cohort("A2")), "E_PDP_RECORD"),
        (submitted("DCE02", COURSE, course()), "E_PDP_COHORT"),
        (submitted("DCE03", AID, "D1,2016-17,Fall,,A1,Y"), "E_PDP_COHORT"),
        ("H1\t002330\t00\tX\t20260115\tSE\tI\nT1\t2\n", "E_PDP_KIND"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, text: str, code: str) -> None:
    refused = refusal(load, put(tmp_path, a=text))
    assert refused.code == code
    assert SSN not in str(refused)
