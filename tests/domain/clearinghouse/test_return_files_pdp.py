"""PDP's files for an institution: its students alone, nobody who opted out, industry credentials as courses without credit."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.about import about_pdp
from credential_pipeline.clearinghouse.return_files.pdp.files import pdp_files
from credential_pipeline.clearinghouse.return_files.pdp.headers import HEADERS, SHAPE, written_as
from credential_pipeline.clearinghouse.return_files.pdp.institutions import pdp_of_institutions
from credential_pipeline.clearinghouse.return_files.pdp.own import as_requests, own_files
from credential_pipeline.engines.exchange.pdp.columns import Header
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_pdp_world import (
    BRANCH,
    COLLEGE,
    ELSEWHERE,
    SAFETY,
    agreement,
    award,
    fill,
    given,
    headers,
    leave,
    person,
    spell,
)

FALL, SPRING = date(2014, 8, 24), date(2015, 1, 11)
WORLD: dict[str, Any] = {
    "persons": (
        person("S1", sex="F"),
        person("S2", birth_date=date(1985, 1, 1)),
        person("S3", ferpa_block=True),
        person("S4"),
        person("S5"),
        person("S6"),
    ),
    "enrollments": (
        spell("S1", COLLEGE, FALL, date(2014, 12, 20)),
        spell("S1", COLLEGE, date(2016, 1, 11), date(2016, 5, 1), status="H", cip="15.0613"),
        spell("S1", ELSEWHERE, date(2018, 8, 24), date(2018, 12, 20)),
        spell("S2", ELSEWHERE, date(2010, 8, 24), date(2010, 12, 20)),
        spell("S2", BRANCH, SPRING, date(2015, 5, 1), status="Q"),
        spell("S3", COLLEGE, FALL, None),
        spell("S4", COLLEGE, FALL, None),
        spell("S5", ELSEWHERE, FALL, None),
        spell("S6", COLLEGE, FALL, None),
    ),
    "degrees": (
        {"student_id": "S1", "opeid": COLLEGE, "degree_date": date(2016, 5, 15), "degree_level": "associate"},
        {"student_id": "S1", "opeid": ELSEWHERE, "degree_date": date(2019, 5, 15), "degree_level": "bachelor"},
    ),
    "events": (
        award("S1", SAFETY, date(2015, 3, 1)),
        award("S1", SAFETY, date(2015, 3, 1), delivery="again"),
        award("S1", "CPT-QPM", date(2016, 9, 1)),
        award("S1", "CPT-MPP", date(2016, 9, 1), event="attempt", result="fail"),
        award("S1", "CPT-GRN", date(2016, 9, 1)),
        award("S1", "CPT-GRN", date(2017, 9, 1), event="revocation"),
        award("S2", SAFETY, date(2014, 3, 1)),
        award("S3", SAFETY, date(2015, 3, 1)),
        award("S4", SAFETY, date(2015, 3, 1)),
        award("S5", SAFETY, date(2015, 3, 1)),
    ),
    "learners": (
        *({"learner_id": f"L{number}", "student_id": f"S{number}", "blocked": number == 4} for number in range(1, 6)),
    ),
    "wishes": ({"statement_id": "W", "last_name": "NS", "student_id": "S6"},),
}
OWN = {
    "Institution ID": "1349500", "Cohort": "2014-15", "Cohort Term": "FALL", "Race": "Hispanic", "Gender": "X",
    "Enrollment Type": "First-Time", "Retention": "1", "Persistence": "1", "Special Program": 'Promise, "new"',
    "Years of Last Enrollment at cohort institution": "1", "Years of Last Enrollment at other institution": "0",
}  # fmt: skip
COURSE = {
    "Institution ID": COLLEGE, "Cohort": "2014-15", "Cohort Term": "FALL", "Academic Year": "2014-15", "Academic Term": "FALL",
    "Course Prefix": "MATH", "Course Number": "101", "Section ID": "1",
}  # fmt: skip


def made(
    home: Path, terms: ReturnAgreement | None = None, **changed: Any
) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Rows of the cohort file by student, of the course file, and the refused files."""
    terms = terms or agreement()
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **{**WORLD, **changed})
        files = pdp_files(work, given(home, terms), terms, wishes_of(work))
        cohort, course = (
            con.execute(f"FROM {rows} ORDER BY ALL").df().to_dict("records") for rows in (files.cohort, files.course)
        )
        requests = as_requests(work, terms, files.refused)
        refused = con.execute(
            f"SELECT file, state, reason_code, school_code, rows FROM {requests} ORDER BY ALL"
        ).fetchall()
    return {row["student_id"]: row for row in cohort}, course, refused


def headers_left(home: Path, terms: ReturnAgreement | None = None) -> Mapping[str, Header]:
    """Kind to the header of what the college left, as far as it is accepted."""
    terms = terms or agreement()
    with connect(threads=1) as con, scratch(con) as work:
        return own_files(work, given(home, terms), terms).headers


def some(row: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def test_the_first_enrollment_at_the_institution_makes_the_cohort(tmp_path: Path) -> None:
    cohort, _, _ = made(tmp_path)
    assert set(cohort) == {"S1", "S2"}
    shown = ("cohort", "cohort_term", "enrollment_type", "attendance_status_term_1", "student_age", "gender")
    assert some(cohort["S1"], *shown) == (
        "2014-15",
        "FALL",
        "First-Time",
        "First-Time Full-Time",
        "20 and younger",
        "F",
    )
    assert some(cohort["S2"], *shown) == (
        "2014-15",
        "SPRING",
        "Transfer-In",
        "Transfer-In Part-Time",
        "Older than 24",
        "UK",
    )
    assert cohort["S1"]["institution_id"] == cohort["S2"]["institution_id"] == COLLEGE
    assert some(cohort["S1"], "program_of_study_term_1", "race", "first_gen") == ("480501", None, None)
    years = ("years_of_last_enrollment_at_cohort_institution", "years_of_last_enrollment_at_other_institution")
    assert some(cohort["S1"], "retention", "persistence", *years) == ("1", "1", "2", "5")
    assert some(cohort["S2"], "retention", "persistence", *years) == ("0", "0", "1", "0")
    degrees = (
        "years_to_associates_or_certificate_at_cohort_inst",
        "years_to_bachelor_at_other_inst",
        "time_to_credential",
    )
    assert some(cohort["S1"], *degrees, "years_to_bachelors_at_cohort_inst") == ("2", "5", "1.7", "0")
    assert cohort["S1"]["most_recent_bachelors_at_other_institution_state"] == "OH"


def test_credentials_are_courses_without_credit_under_their_ctid(tmp_path: Path) -> None:
    _, course, _ = made(tmp_path)
    shown = ("student_id", "learner_id", "course_number", "academic_year", "academic_term", "section_id", "cohort_term")
    assert [some(row, *shown) for row in course] == [
        ("S1", "L1", SAFETY, "2014-15", "SPRING", "20150301", "FALL"),
        ("S1", "L1", "CPT-QPM", "2016-17", "FALL", "20160901", "FALL"),
        ("S2", "L2", SAFETY, "2013-14", "SPRING", "20140301", "SPRING"),
    ]  # a failed attempt, a revoked credential, a second row on one award are none
    ctids = {one.code: one.ctid for certifier in given(tmp_path).certifiers for one in certifier.credentials}
    assert {row["credential_engine_identifier"] for row in course} == {ctids[SAFETY], ctids["CPT-QPM"]}
    assert {some(row, "course_type", "course_prefix", "grade", "number_of_credits_earned") for row in course} == {
        ("NC", "MSSC", "P", "0")
    }


def test_a_branch_sees_its_own_students(tmp_path: Path) -> None:
    cohort, course, _ = made(tmp_path, agreement(of=BRANCH))
    assert set(cohort) == {row["student_id"] for row in course} == {"S2"}


def test_only_what_is_agreed_is_told_and_what_is_withheld_is_blank(tmp_path: Path) -> None:
    cohort, course, _ = made(
        tmp_path,
        agreement(shares=[{"what": "cohort", "legal_basis": "Law"}], withheld=["gender", "Student Age"]),
    )
    assert (set(cohort), course) == ({"S1", "S2"}, [])
    assert {some(row, "gender", "student_age") for row in cohort.values()} == {(None, None)}


def test_own_files_come_back_as_they_were_less_the_blocked_and_with_credentials(tmp_path: Path) -> None:
    variant = [
        "Student GUID",
        *(one for one in headers("pdp_cohort") if one != "Study ID"),
        "Years to Latest Associates at cohort inst.",
    ]
    students = [OWN | {"Student GUID": number, variant[-1]: "3"} for number in ("S1", "S3", "S4", "S5", "X9")]
    leave(tmp_path, "b.csv", variant, students)
    leave(tmp_path, "c.csv", headers("pdp_course"), [COURSE | {"Study ID": number} for number in ("S1", "S3", "X9")])
    cohort, course, refused = made(tmp_path)
    assert refused == []
    assert {number: row["learner_id"] for number, row in cohort.items()} == {"S1": "L1", "S5": None, "X9": None}
    shown = (
        "gender",
        "special_program",
        "institution_id",
        "years_to_latest_associates_at_cohort_inst",
        "math_placement",
    )
    assert some(cohort["S1"], *shown) == ("X", 'Promise, "new"', "1349500", "3", None)
    # S5 is known, but no student of the college: nothing is told of it that the college did not know.
    assert sorted(
        some(row, "student_id", "course_prefix", "gender") for row in course if row["course_type"] == "NC"
    ) == [
        ("S1", "MSSC", "X"),
        ("S1", "MSSC", "X"),
    ]
    assert sorted(row["student_id"] for row in course if row["course_type"] != "NC") == ["S1", "X9"]
    assert {row["institution_id"] for row in course} == {COLLEGE}, "the course file's own way to write it"
    own = headers_left(tmp_path)
    assert [header for _, header in written_as(own, "pdp_cohort")] == variant
    assert [header for _, header in written_as(own, "pdp_course")] == headers("pdp_course")


def test_a_credential_that_the_institution_lists_is_not_added_again(tmp_path: Path) -> None:
    _, course, _ = made(tmp_path)
    listed = {
        "Study ID": "S1",
        "Academic Term": "SPRING",
        "Credential Engine Identifier": course[0]["credential_engine_identifier"],
    }
    leave(tmp_path, "c.csv", headers("pdp_course"), [COURSE | listed])
    _, course, _ = made(tmp_path)
    assert sorted(some(row, "student_id", "course_number") for row in course) == [
        ("S1", "101"), ("S1", "CPT-QPM"), ("S2", SAFETY),
    ]  # fmt: skip


def test_ids_that_gave_way_to_another_are_understood(tmp_path: Path) -> None:
    copies = [{"student_id": "S1B", "kept_student_id": "S1"}, {"student_id": "S3B", "kept_student_id": "S3"}]
    leave(tmp_path, "b.csv", headers("pdp_cohort"), [OWN | {"Study ID": number} for number in ("S1B", "S3B")])
    cohort, course, _ = made(tmp_path, copies=copies)
    assert {number: row["learner_id"] for number, row in cohort.items()} == {"S1B": "L1"}
    assert {row["student_id"] for row in course} == {"S1B"}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([OWN | {"Study ID": "S1"}, OWN | {"Study ID": "S2", "Institution ID": ELSEWHERE}], "E_PDP_INSTITUTIONS"),
        ([OWN | {"Study ID": "S1", "Institution ID": ELSEWHERE}], "E_PDP_OTHER_INSTITUTION"),
        ([OWN | {"Study ID": "S1", "Race": "Zyzzogeton"}], "E_PDP_VALUE"),
    ],
)
def test_a_file_with_a_fault_is_set_aside_and_the_registry_serves(
    tmp_path: Path, rows: list[dict[str, str]], code: str
) -> None:
    leave(tmp_path, "b.csv", headers("pdp_cohort"), rows)
    cohort, _, refused = made(tmp_path)
    assert refused == [("pdp/b.csv", "refused", code, COLLEGE[:6], None)]
    assert set(cohort) == {"S1", "S2"}


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    turned = {name: rows[::-1] for name, rows in WORLD.items()}
    assert str(made(tmp_path)) == str(made(tmp_path, **turned))


def test_every_institution_gets_its_own_and_the_tables_keep_their_contract(tmp_path: Path) -> None:
    other = agreement(id="return_branch", partner="branch", of=BRANCH)
    certifier = agreement(
        id="c", partner="mssc", role="certifier", of="mssc", shares=[{"what": "degrees", "legal_basis": "Law"}]
    )
    leave(tmp_path, "b.csv", ["Name"], [{"Name": "x"}])
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **WORLD)
        made = pdp_of_institutions(work, given(tmp_path, agreement(), other, certifier), wishes_of(work))
        for name, rows in made.items():
            assert rows.columns == tuple(SHAPE if name == HEADERS else SNAPSHOT.table(name).column_names)
        said = con.execute(f"SELECT partner, student_id FROM {made['pdp_cohort']} ORDER BY ALL").fetchall()
        refused = con.execute(f"SELECT partner, file, reason_code FROM {made['requests']}").fetchall()
    assert said == [("branch", "S2"), ("college", "S1"), ("college", "S2")]
    assert refused == [("college", "pdp/b.csv", "E_PDP_HEADER")]
    with connect(threads=1) as con, scratch(fill(con)) as work:
        none = pdp_of_institutions(work, given(tmp_path, certifier), wishes_of(work))
        assert {name: con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0] for name, rows in none.items()} == {
            "pdp_cohort": 0, "pdp_course": 0, "partner_figures": 0, "requests": 0, "own_files": 0, HEADERS: 0,
        }  # fmt: skip


def test_the_text_beside_the_files_says_where_rows_come_from_and_what_is_blank(tmp_path: Path) -> None:
    text = about_pdp({}, agreement(withheld=["gender"]))
    assert "First Gen, Pell Status First Year" in text
    assert "sent blank: gender." in text
    leave(tmp_path, "b.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S1"}])
    own = about_pdp(headers_left(tmp_path), agreement())
    assert "as you wrote them" in own
    assert "First Gen" not in own


def test_a_later_good_file_is_used(tmp_path: Path) -> None:
    leave(tmp_path, "a.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S1", "Special Program": "old"}])
    leave(tmp_path, "b.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S1", "Special Program": "new"}])
    cohort, _, refused = made(tmp_path)
    assert (cohort["S1"]["special_program"], refused) == ("new", [])


def test_the_column_of_ctids_is_added_to_a_file_that_lacks_it(tmp_path: Path) -> None:
    without = [one for one in headers("pdp_course") if one != "Credential Engine Identifier"]
    leave(tmp_path, "c.csv", without, [COURSE | {"Study ID": "S1"}])
    columns = written_as(headers_left(tmp_path), "pdp_course")
    assert [header for _, header in columns] == [*without, "Credential Engine Identifier"]
