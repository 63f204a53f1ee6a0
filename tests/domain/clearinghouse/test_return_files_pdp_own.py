"""What an institution leaves: refused file by file, by a name that is nobody's, and never to the harm of other partners."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.return_files.build import build
from credential_pipeline.clearinghouse.return_files.deliver import deliver
from credential_pipeline.clearinghouse.return_files.partners import OWN_PDP, wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.about import ABOUT, about_pdp
from credential_pipeline.clearinghouse.return_files.pdp.files import pdp_files
from credential_pipeline.clearinghouse.return_files.pdp.headers import written_as
from credential_pipeline.clearinghouse.return_files.pdp.institutions import pdp_of_institutions
from credential_pipeline.clearinghouse.return_files.pdp.own import as_requests, own_files, read_own
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Relation, scratch
from tests.domain.clearinghouse.return_files_pdp_world import (
    BRANCH,
    COLLEGE,
    SAFETY,
    TODAY,
    agreement,
    award,
    fill,
    given,
    headers,
    leave,
    person,
    spell,
)
from tests.domain.clearinghouse.return_files_world import create_tables
from tests.domain.clearinghouse.test_return_files_pdp import COURSE, OWN, WORLD, headers_left, made

CTID = "Credential Engine Identifier"
MATH = COURSE | {"Study ID": "S1"}


def refused(paths: list[Path], **more: Any) -> list[tuple[str, str, str]]:
    """File, id and code of the rows that files become."""
    terms = agreement(**more)
    with connect(threads=1) as con, scratch(con) as work:
        rows = as_requests(work, terms, read_own(work, paths, terms, TODAY).refused)
        return con.execute(f"SELECT file, request_id, reason_code FROM {rows} ORDER BY ALL").fetchall()


def test_a_file_is_named_below_its_folder_and_by_an_id_where_the_name_could_be_a_persons(tmp_path: Path) -> None:
    paths = [leave(tmp_path, name, ["Name"], []) for name in ("Zyz Zog.csv", "Zyz Zug.csv", "cohort_2026.csv")]
    rows = refused(paths)
    digest = rows[0][1]
    assert [name for name, _, _ in rows] == [
        f"pdp/[college-{digest[:12]}]",
        f"pdp/[college-{digest[:12]}] (2)",
        "pdp/cohort_2026.csv",
    ]
    assert {row[1:] for row in rows} == {(digest, "E_PDP_HEADER")}


def test_what_cannot_be_read_or_is_no_regular_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / name for name in ("copy.csv", "data.csv", "file.csv", "late.csv", "part.csv", "update.csv")]
    paths[0].mkdir()
    os.mkfifo(paths[1])
    paths[2].symlink_to(tmp_path / "nowhere")
    paths[4].write_text("Name\n")
    paths[5].symlink_to(paths[4])
    opened, stat = Path.open, Path.stat

    def failing(path: Path, *given: Any, **named: Any) -> Any:
        if path.name == "part.csv":
            raise PermissionError
        return opened(path, *given, **named)

    def hidden(path: Path, **named: Any) -> Any:
        if path.name == "late.csv":
            raise PermissionError
        return stat(path, **named)

    monkeypatch.setattr(Path, "open", failing)
    monkeypatch.setattr(Path, "stat", hidden)
    nothing = "e3b0c44298fc1c14"
    assert refused(paths) == [(f"pdp/{path.name}", nothing, "E_PDP_UNREADABLE") for path in paths]


def test_whatever_lies_in_the_folder_is_told_of(tmp_path: Path) -> None:
    terms, left = agreement(), given(tmp_path, agreement())
    folder = left.partners / terms.partner / OWN_PDP
    folder.mkdir(parents=True)
    (folder / "part").mkdir()
    (folder / "data.xlsx").write_bytes(b"PK")
    (folder / ".data.csv").write_text("Name\n")
    assert [(name, code) for name, _, code in refused([*left.files(terms, OWN_PDP)])] == [
        ("pdp/data.xlsx", "E_PDP_UNREADABLE"),
        ("pdp/part", "E_PDP_UNREADABLE"),
    ]


@pytest.mark.parametrize("linked", [True, False])
def test_a_folder_that_is_a_link_or_none_is_refused_and_the_registry_goes_in_its_place(
    tmp_path: Path, *, linked: bool
) -> None:
    left = leave(tmp_path, "cohort.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S1"}]).parent
    left.rename(tmp_path / "others")
    if linked:
        left.symlink_to(tmp_path / "others")
    else:
        left.write_text("")
    terms = agreement()
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **WORLD)
        parts = pdp_of_institutions(work, given(tmp_path, terms), wishes_of(work))
        rows = con.execute(f"SELECT file, state, reason_code FROM {parts['requests']}").fetchall()
        assert rows == [("pdp/", "refused", "E_PDP_UNREADABLE")]
        assert con.execute(f"SELECT count(*) FROM {parts['own_files']}").fetchall() == [(0,)]
        assert con.execute(f"SELECT count(*) > 0 FROM {parts['pdp_cohort']}").fetchall() == [(True,)]
    assert "The cohort file is made from enrollments" in about_pdp(headers_left(tmp_path, terms), terms)


@pytest.mark.parametrize(
    ("of", "written", "accepted"),
    [
        (BRANCH, BRANCH, True),
        (BRANCH, BRANCH.lstrip("0"), True),
        (BRANCH, COLLEGE[:6], True),
        (BRANCH, COLLEGE, False),
        (BRANCH, COLLEGE[:6] + "03", False),
        (COLLEGE, BRANCH, True),
    ],
)
def test_a_branch_leaves_its_own_files(tmp_path: Path, of: str, written: str, *, accepted: bool) -> None:
    path = leave(tmp_path, "cohort.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S2", "Institution ID": written}])
    codes = [code for _, _, code in refused([path], of=of)]
    assert codes == ([] if accepted else ["E_PDP_OTHER_INSTITUTION"])


def test_what_was_laid_in_the_place_of_a_file_after_the_build_is_not_read(tmp_path: Path) -> None:
    turned, terms = headers("pdp_cohort")[::-1], agreement()
    leave(tmp_path, "cohort.csv", turned, [OWN | {"Study ID": "S1"}])
    about = given(tmp_path, terms)
    with connect(threads=1) as con:
        create_tables(con)
        build(fill(con, **WORLD), about)
        for left in (headers("pdp_cohort"), ["Name"]):
            leave(tmp_path, "cohort.csv", left, [OWN | {"Study ID": "S2", "Name": "x"}])
            (one,) = deliver(con, about, tmp_path, datetime(2026, 7, 1, tzinfo=UTC))
            with (one.folder / "pdp_cohort.csv").open(encoding="utf-8", newline="") as file:
                written, *rows = csv.reader(file)
            assert written == turned
            assert [row[turned.index("Study ID")] for row in rows] == ["S1"]
            assert "as you wrote them" in (one.folder / ABOUT).read_text()


@pytest.mark.parametrize("blank", [True, False])
def test_our_course_file_sent_back_adds_no_credential_twice(tmp_path: Path, *, blank: bool) -> None:
    _, first, _ = made(tmp_path)
    names = [column for column, _ in written_as({}, "pdp_course")]
    sent = [{name: row[name] or "" for name in names} for row in first]
    for row in sent:
        row["credential_engine_identifier"] = "" if blank else row["credential_engine_identifier"]
        row["academic_term"] = row["academic_term"].title()
    leave(tmp_path, "course.csv", names, sent)
    _, again, rows = made(tmp_path)
    shown = ("student_id", "course_number", "section_id")
    assert [[row[name] for name in shown] for row in again] == [[row[name] for name in shown] for row in first]
    assert (rows, len(again)) == ([], 3)


def test_terms_are_the_same_in_small_letters(tmp_path: Path) -> None:
    ctids = {one.code: one.ctid for certifier in given(tmp_path).certifiers for one in certifier.credentials}
    leave(tmp_path, "course.csv", headers("pdp_course"), [MATH | {"Academic Term": "Spring", CTID: ctids[SAFETY]}])
    _, course, _ = made(tmp_path)
    assert sorted((row["student_id"], row["course_number"]) for row in course) == [
        ("S1", "101"), ("S1", "CPT-QPM"), ("S2", SAFETY),
    ]  # fmt: skip


@contextmanager
def beside_a_fault(home: Path) -> Iterator[tuple[Connection, dict[str, Relation]]]:
    """What a college and a branch get: a year of three digits is no school year, so that the college's course file breaks a rule."""
    world = WORLD | {"events": [*WORLD["events"], award("S1", SAFETY, date(900, 3, 1))]}
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **world)
        branch = agreement(id="return_branch", partner="branch", of=BRANCH)
        yield con, pdp_of_institutions(work, given(home, agreement(), branch), wishes_of(work))


def test_a_fault_of_one_institution_stops_nobody_else(tmp_path: Path) -> None:
    leave(tmp_path, "bad.csv", ["Name"], [])
    with beside_a_fault(tmp_path) as (con, parts):
        rows = con.execute(f"SELECT partner, file, state, reason_code FROM {parts['requests']} ORDER BY ALL").fetchall()
        ids = con.execute(f"SELECT count(DISTINCT request_id) FROM {parts['requests']}").fetchall()
        told = {
            name: con.execute(f"SELECT DISTINCT partner FROM {parts[name]}").fetchall()
            for name in ("pdp_cohort", "pdp_course", "partner_figures")
        }
    assert rows == [
        ("college", "pdp/", "refused", "E_PDP_VALUE"),
        ("college", "pdp/bad.csv", "refused", "E_PDP_HEADER"),
    ]
    assert ids == [(2,)]
    assert set(map(tuple, told.values())) == {(("branch",),)}


def test_a_file_in_place_of_the_folder_stops_nobody_else_either(tmp_path: Path) -> None:
    folder = tmp_path / "partners/college/pdp"
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    with beside_a_fault(tmp_path) as (con, parts):
        rows = con.execute(f"SELECT partner, reason_code FROM {parts['requests']} ORDER BY ALL").fetchall()
        told = con.execute(f"SELECT DISTINCT partner FROM {parts['pdp_cohort']}").fetchall()
    assert rows == [("college", "E_PDP_UNREADABLE"), ("college", "E_PDP_VALUE")]
    assert told == [("branch",)]


def test_headers_and_the_text_follow_accepted_files_alone(tmp_path: Path) -> None:
    turned = headers("pdp_cohort")[::-1]
    leave(tmp_path, "a.csv", turned, [OWN | {"Study ID": "S1"}])
    leave(tmp_path, "b.csv", headers("pdp_cohort"), [OWN | {"Study ID": "S1", "Race": "Zyzzogeton"}])
    leave(tmp_path, "c.csv", headers("pdp_course")[::-1], [MATH | {"Academic Year": "2014-19"}])
    terms, own = agreement(), headers_left(tmp_path)
    assert [header for _, header in written_as(own, "pdp_cohort")] == turned
    published = [header for _, header in written_as(own, "pdp_course")]
    assert published == headers("pdp_course")
    text = about_pdp(own, terms)
    assert "The cohort file has the rows" in text
    assert "The clearinghouse knows of no courses" in text
    (tmp_path / "partners/college/pdp/a.csv").unlink()
    assert "The cohort file is made from enrollments" in about_pdp(headers_left(tmp_path), terms)


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (date(2025, 8, 24), {"S1": ("UK", "UK"), "S2": ("UK", "UK")}),
        (date(2026, 1, 11), {"S1": ("1", "1"), "S2": ("0", "0")}),
        (date(2027, 1, 11), {"S1": ("UK", "UK"), "S2": ("UK", "UK")}),
    ],
)
def test_who_came_back_is_unknown_until_the_year_is_covered(
    tmp_path: Path, last: date, told: dict[str, tuple[str, str]]
) -> None:
    """A day that lies ahead, such as a registration for next spring, covers nothing."""
    entered = date(2024, 8, 24)
    enrollments = (
        spell("S1", COLLEGE, entered, None),
        spell("S1", COLLEGE, date(2025, 8, 24), None),
        spell("S2", COLLEGE, entered, None),
        spell("S3", COLLEGE, date(2010, 8, 24), None),
        spell("S3", COLLEGE, last, None),
    )
    terms = agreement()
    assert given(tmp_path).today == TODAY
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, persons=[person(f"S{number}") for number in (1, 2, 3)], enrollments=enrollments)
        cohort = pdp_files(work, given(tmp_path, terms), terms, wishes_of(work)).cohort
        rows = con.execute(
            f"SELECT student_id, retention, persistence FROM {cohort} WHERE student_id <> 'S3'"
        ).fetchall()
    assert {student: tuple(rest) for student, *rest in rows} == told


def test_the_row_of_the_first_fault_is_told_to_the_partner(tmp_path: Path) -> None:
    rows = [OWN | {"Study ID": "S1"}, OWN | {"Study ID": "S2", "Cohort": "2027-28"}]
    leave(tmp_path, "cohort.csv", headers("pdp_cohort"), rows)
    terms = agreement()
    with connect(threads=1) as con, scratch(con) as work:
        refused_files = own_files(work, given(tmp_path, terms), terms).refused
        told = con.execute(f"SELECT reason_code, line FROM {as_requests(work, terms, refused_files)}").fetchall()
    assert told == [("E_PDP_VALUE", 3)]


def test_a_title_that_a_certifier_reported_in_two_lines_is_one(tmp_path: Path) -> None:
    terms = agreement()
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, **(WORLD | {"events": [award("S1", "NEW", date(2016, 3, 1), credential_title="Two\r\nlines")]}))
        files = pdp_files(work, given(tmp_path, terms), terms, wishes_of(work))
        assert con.execute(f"SELECT course_name FROM {files.course}").fetchall() == [("Two lines",)]
