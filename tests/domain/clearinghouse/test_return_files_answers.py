"""Requests are answered: each partner on its own people, of whom nobody opted out, and everybody is counted."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.return_files.answer import find
from credential_pipeline.clearinghouse.return_files.answer.answers import Answers, answer_requests
from credential_pipeline.clearinghouse.return_files.files import files_of
from credential_pipeline.clearinghouse.return_files.partners import FOLDER, REQUESTS, Given, wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.headers import HEADERS, SHAPE, keep_headers
from credential_pipeline.engines.exchange.student_tracker.report import NAMES, REPORT
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from tests.domain.clearinghouse.return_files_world import (
    ALL,
    COLLEGE,
    EVERYBODY,
    PERSONS,
    agreement,
    fill,
    given,
    leave,
    request,
)

MSSC = {"role": "certifier", "of": "mssc"}
ANN = EVERYBODY[0]


@pytest.fixture
def work() -> Iterator[Scratch]:
    with connect(threads=1) as con, scratch(con) as made:
        yield Scratch(fill(made.con))


def listed(work: Scratch, rows: Relation, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    return work.con.execute(f"SELECT {columns} FROM {rows} WHERE {where} ORDER BY ALL").fetchall()


def outcomes(work: Scratch, answers: Answers, partner: str = "demo_college") -> dict[str, str]:
    return {
        back[1:3]: said
        for back, said in listed(work, answers.answers, "return_field, outcome", f"partner = '{partner}'")
    }


def asked(work: Scratch, home: Path, *people: tuple[str, str, str, str], **how: str) -> tuple[Given, Answers]:
    leave(home, "demo_college", request(*(people or EVERYBODY), **how))
    about = given(home, agreement())
    return about, answer_requests(work, about, wishes_of(work))


def test_everybody_is_found_or_not_or_blocked_or_none_of_the_partner_s(work: Scratch, tmp_path: Path) -> None:
    _, answers = asked(work, tmp_path)
    assert outcomes(work, answers) == {
        "S1": "found",
        "S2": "blocked",  # by the school
        "S3": "out_of_scope",
        "S4": "blocked",  # by the certifier
        "S5": "blocked",  # by a wish that no learner carries
        "S6": "not_found",  # two students of one name and birth date
        "S8": "not_found",  # left long before
        "S9": "found",  # another campus, still enrolled
        "S0": "not_found",
    }
    counts = "rows, found, not_found, blocked, out_of_scope, state, reason_code, line"
    assert listed(work, answers.requests, counts) == [(9, 2, 3, 3, 1, "answered", None, None)]
    assert listed(work, answers.answers, "count(student_id)", "outcome = 'not_found'") == [(0,)]


def test_the_tables_are_those_of_the_contract(work: Scratch, tmp_path: Path) -> None:
    _, answers = asked(work, tmp_path)
    for name in ("requests", "answers", "report_rows"):
        found = {row[0]: row[1] for row in work.con.execute(f"DESCRIBE {getattr(answers, name)}").fetchall()}
        wanted = SNAPSHOT.table(name).schema
        assert {column: found.get(column) for column in wanted} == wanted


def test_what_is_told_of_somebody(work: Scratch, tmp_path: Path) -> None:
    _, answers = asked(work, tmp_path, ANN)
    columns = (
        "sequence, told, college_code_branch, two_year_four_year, public_private, enrollment_begin, enrollment_status,"
        " graduated, coalesce(graduation_date, credential_award_date), college_sequence"
    )
    assert listed(work, answers.report_rows, columns) == [
        (1, "enrollment", "013495-00", "2", "Public", "20140820", "F", "N", None, "1"),
        (2, "enrollment", "001111-00", "4", "Private", "20170820", None, "N", None, "2"),
        (3, "degree", "001111-00", "4", "Private", None, None, "Y", "20180520", "2"),
        (4, "credential", None, None, None, None, None, "N", "20150301", None),
        (5, "credential", None, None, None, None, None, "N", "20160301", None),
        (6, "credential", None, None, None, None, None, "N", "20170301", None),
    ]
    credentials = "credential_certifier, credential_code, credential_expiration_date, credential_status"
    assert listed(work, answers.report_rows, credentials, "told = 'credential'") == [
        ("mssc", "CPT-QPM", "20220301", "Expired"),
        ("mssc", "CPT-SAF", "20300301", "Renewed"),
        ("nims", "MMS-1", None, "Revoked"),
    ]
    ((title, ctid),) = listed(
        work, answers.report_rows, "credential_title, credential_ctid", "credential_code = 'CPT-SAF'"
    )
    assert title == "Safety"
    assert ctid.startswith("ce-")
    same = (
        "first_name, last_name, your_unique_identifier, requester_return_field, record_found, search_date, student_id"
    )
    assert set(listed(work, answers.report_rows, same)) == {("Ann", "Leeward", "0S1,x", "0S1,x", "Y", "20150101", "S1")}


def test_who_is_none_of_the_partner_s_looks_like_one_unknown_and_who_is_blocked_like_nobody(
    work: Scratch, tmp_path: Path
) -> None:
    _, answers = asked(work, tmp_path)
    rest = ", ".join(name for name in NAMES if name not in (*NAMES[:2], "last_name", "requester_return_field"))
    telling = f"told, sequence, student_id, learner_id, {rest}"
    of = {
        name: listed(work, answers.report_rows, telling, f"requester_return_field LIKE '0{name}%'")
        for name in ("S0", "S2", "S3", "S4", "S5")
    }
    assert of["S3"] == of["S0"]
    assert of["S0"][0][:4] == ("none", 1, None, None)
    assert of["S2"] == of["S4"] == of["S5"] == []
    assert listed(work, answers.report_rows, "DISTINCT requester_return_field", "record_found = 'Y'") == [
        ("0S1,x",),
        ("0S9,x",),
    ]


def test_prior_attendance_looks_before_the_search_date(work: Scratch, tmp_path: Path) -> None:
    _, answers = asked(work, tmp_path, query="PA")
    assert outcomes(work, answers) | {"S1": "found", "S8": "found", "S9": "not_found"} == outcomes(work, answers)
    assert listed(work, answers.report_rows, "DISTINCT told, enrollment_begin", "record_found = 'Y'") == [
        ("enrollment", "20010820"),
        ("enrollment", "20140820"),
    ]


def test_a_certifier_gets_its_own_people_and_its_own_credentials(work: Scratch, tmp_path: Path) -> None:
    leave(tmp_path, "mssc", request(*EVERYBODY, school="999999"))
    answers = answer_requests(work, given(tmp_path, agreement("mssc", **MSSC)), wishes_of(work))
    said = outcomes(work, answers, "mssc")
    assert {name for name, outcome in said.items() if outcome == "found"} == {"S1"}
    assert {name for name, outcome in said.items() if outcome == "blocked"} == {"S4"}
    assert said["S3"] == said["S9"] == "out_of_scope"
    assert listed(work, answers.report_rows, "DISTINCT credential_certifier", "told = 'credential'") == [("mssc",)]


@pytest.mark.parametrize("what", ALL)
def test_only_what_is_agreed_is_told(work: Scratch, tmp_path: Path, what: str) -> None:
    leave(tmp_path, "demo_college", request(ANN))
    answers = answer_requests(
        work, given(tmp_path, agreement(gets=(what,), withheld=("College Name", "credential_title"))), wishes_of(work)
    )
    assert listed(work, answers.report_rows, "DISTINCT told") == [(what.removesuffix("s"),)]
    assert listed(work, answers.report_rows, "count(college_name) + count(credential_title)") == [(0,)]


def test_a_branch_gets_its_own_students_alone(work: Scratch, tmp_path: Path) -> None:
    leave(tmp_path, "demo_college", request(*EVERYBODY).replace("\t00\t", "\t02\t"))
    answers = answer_requests(work, given(tmp_path, agreement(of=COLLEGE[:6] + "02")), wishes_of(work))
    assert {name for name, said in outcomes(work, answers).items() if said == "found"} == {"S9"}


def test_a_request_twice_is_answered_once(work: Scratch, tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        leave(tmp_path, "demo_college", request(ANN), name)
    answers = answer_requests(work, given(tmp_path, agreement()), wishes_of(work))
    assert listed(work, answers.requests, "file, state, found") == [("a.txt", "answered", 1), ("b.txt", "repeated", 1)]
    assert listed(work, answers.answers, "count(*)") == [(1,)]


def refused(work: Scratch, home: Path, *agreements: Any) -> list[tuple[Any, ...]]:
    answers = answer_requests(work, given(home, *agreements), wishes_of(work))
    assert listed(work, answers.answers, "count(*)") == listed(work, answers.report_rows, "count(*)") == [(0,)]
    return listed(work, answers.requests, "state, reason_code, line, rows, found")


def test_a_request_that_cannot_be_answered_is_kept_as_a_reason(work: Scratch, tmp_path: Path) -> None:
    leave(tmp_path, "demo_college", request(*EVERYBODY[:2]).replace("D1\t\tBodo", "D1\t123456789\tBodo"))
    assert refused(work, tmp_path, agreement()) == [("refused", "E_REQUEST_SSN", 3, None, None)]


def test_a_request_for_people_of_another_institution_is_refused(work: Scratch, tmp_path: Path) -> None:
    leave(tmp_path, "demo_college", request(ANN, school="001111"))
    assert refused(work, tmp_path, agreement()) == [("refused", "E_REQUEST_SCHOOL", 1, None, None)]


@pytest.mark.parametrize(
    "terms",
    [
        agreement(expires=date(2026, 11, 25)),
        agreement(signed=date(2026, 11, 27)),
        agreement(gets=("aggregates",)),
    ],
    ids=["expired", "not yet", "asks for nobody"],
)
def test_without_an_agreement_nothing_is_answered(work: Scratch, tmp_path: Path, terms: Any) -> None:
    leave(tmp_path, "demo_college", request(ANN))
    assert refused(work, tmp_path, terms) == [("refused", "E_REQUEST_AGREEMENT", None, None, None)]


def test_what_is_no_file_or_cannot_be_read_is_refused_and_stops_nobody(
    work: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, "demo_college", request(ANN), "request.txt")
    leave(tmp_path, "demo_college", request(ANN), "data.xlsx")
    leave(tmp_path, "demo_college", request(ANN), "bad.txt")
    leave(tmp_path, "demo_college", request(ANN), ".hidden.txt")
    folder = tmp_path / FOLDER / "demo_college" / REQUESTS
    (folder / "other").mkdir()
    os.mkfifo(folder / "feed.txt")
    (folder / "copy.txt").symlink_to(folder / "request.txt")
    (folder / "list.txt").symlink_to("/dev/zero")
    (folder / "late.txt").symlink_to(folder / "nowhere")
    (folder / "part").symlink_to(folder / "other")
    whole = Path.read_bytes

    def unless_bad(path: Path) -> bytes:
        if path.name == "bad.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", unless_bad)
    answers = answer_requests(work, given(tmp_path, agreement()), wishes_of(work))
    odd = ("bad.txt", "copy.txt", "data.xlsx", "feed.txt", "late.txt", "list.txt", "other", "part")
    assert listed(work, answers.requests, "file, request_id, reason_code, line", "state = 'refused'") == [
        (name, "unread", "E_REQUEST_FILE", None) for name in odd
    ]
    assert listed(work, answers.requests, "file, found", "state <> 'refused'") == [("request.txt", 1)]


def test_names_of_files_that_may_be_a_person_s_are_told_by_an_id(work: Scratch, tmp_path: Path) -> None:
    for name in ("Ann Leeward.txt", "Bodo Lindgren.txt", "demo_college_request.txt"):
        leave(tmp_path, "demo_college", request(ANN), name)
    folder = tmp_path / FOLDER / "demo_college" / REQUESTS
    for name in ("Cyril.txt", "Doris.txt"):
        (folder / name).symlink_to(folder / "nowhere")
    (folder / os.fsdecode(b"Emil\xff.txt")).touch()
    about = given(tmp_path, agreement())
    answers = answer_requests(work, about, wishes_of(work))
    digest = hashlib.sha256(request(ANN).encode()).hexdigest()[:12]
    assert dict(listed(work, answers.requests, "file, state")) == {
        f"[demo_college-{digest}]": "answered",
        f"[demo_college-{digest}-2]": "repeated",
        "demo_college_request.txt": "repeated",
        "[demo_college-unread]": "refused",
        "[demo_college-unread-2]": "refused",
        "[demo_college-unread-3]": "refused",
    }


def test_a_request_that_costs_too_much_is_refused_alone(
    work: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path, "demo_college", request(*EVERYBODY), "data.txt")
    leave(tmp_path, "demo_college", request(*EVERYBODY), "data again.txt")
    leave(tmp_path, "demo_college", request(ANN), "request.txt")
    leave(tmp_path, "mssc", request(ANN, school="999999"), "request.txt")
    terms = (agreement(), agreement("mssc", **MSSC))
    monkeypatch.setattr(find, "MAX_PAIRS", 0)
    answers = answer_requests(work, given(tmp_path, *terms), wishes_of(work))
    about = "partner, file, state, reason_code, query_type, rows, found"
    assert listed(work, answers.requests, about, "state <> 'answered'") == [
        ("demo_college", name, "refused", "E_REQUEST_COST", None, None, None) for name in ("data again.txt", "data.txt")
    ]
    assert listed(work, answers.requests, "partner, found", "state = 'answered'") == [("demo_college", 1), ("mssc", 1)]
    assert listed(work, answers.answers, "partner, outcome") == [("demo_college", "found"), ("mssc", "found")]


def test_nobody_asks(work: Scratch, tmp_path: Path) -> None:
    assert refused(work, tmp_path, agreement()) == []


def everything(work: Scratch, answers: Answers) -> list[Sequence[tuple[Any, ...]]]:
    about = "return_field, outcome, student_id, match_probability"
    return [
        listed(work, answers.answers, about, "partner = 'demo_college'"),
        listed(work, answers.report_rows, '* EXCLUDE (request_id, "row")', "partner = 'demo_college'"),
    ]


def test_an_answer_depends_on_its_row_alone(tmp_path: Path) -> None:
    found = []
    for number, (people, threads, others) in enumerate(((EVERYBODY, 1, False), (EVERYBODY[::-1], 2, True))):
        home = tmp_path / str(number)
        leave(home, "demo_college", request(*people))
        leave(home, "mssc", request(*EVERYBODY, school="999999"))
        terms = (agreement(), agreement("mssc", **MSSC)) if others else (agreement(),)
        with connect(threads=threads) as con, scratch(fill(con, persons=PERSONS[:: 1 - 2 * number])) as work:
            found.append(everything(work, answer_requests(work, given(home, *terms), wishes_of(work))))
    assert found[0] == found[1]


def test_each_answered_request_becomes_a_report_file(work: Scratch, tmp_path: Path) -> None:
    leave(tmp_path, "demo_college", request(*EVERYBODY).replace("\t00\t", "\t02\t"))
    about = given(tmp_path, agreement())
    answers = answer_requests(work, about, wishes_of(work))
    work.con.execute("CREATE SCHEMA return_files")
    for table in SNAPSHOT:
        made = getattr(answers, table.name, None) or work.rows(table.name, table.schema, [])
        work.con.execute(f"CREATE TABLE return_files.{table.name} AS SELECT * FROM {made}")
    keep_headers(work.con, work.rows(HEADERS, SHAPE, []))
    (file,) = [one for one in files_of(work, about, about.in_force[0]) if "DETLRPT" in one.name]
    assert file.name.startswith("01349502_")
    assert file.name.endswith("_DETLRPT_SE_11012026000000_request.csv")
    assert list(file.headers) == [field.header for field in REPORT]
    assert file.rows is not None
    written = work.con.execute(f"SELECT * FROM {file.rows} ORDER BY {file.order}").fetchall()
    assert len(written) == listed(work, answers.report_rows, "count(*)")[0][0]
