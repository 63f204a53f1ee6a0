"""A certifier asks for people whom it reported itself: found by its own words, and kept silent of where somebody opted out."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from credential_pipeline.clearinghouse.return_files.answer.answers import Answers, answer_requests
from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from tests.domain.clearinghouse.return_files_world import agreement, event, fill, given, leave, request
from tests.domain.clearinghouse.test_return_files_answers import MSSC, listed, outcomes

BORN = date(1988, 3, 4)


def profile(learner: str, first: str, last: str, born: date = BORN, **more: Any) -> Mapping[str, Any]:
    made = {"profile_id": f"P{learner}", "certifier": "mssc", "first_name": first, "last_name": last}
    return made | {"birth_date": born} | more


#: In no registry: Jutta; Karl, who opted out; two Lenas; Mona, whom another certifier reported; and Cyril, whom the registry knows.
PEOPLE = (
    (profile("L10", "JUTTA", "TANNER"), {}),
    (profile("L11", "KARL", "ULRICH"), {"blocked": True, "status": "blocked"}),
    (profile("L12", "LENA", "VOSS", name_suffix="JR"), {}),
    (profile("L13", "LENA", "VOSS"), {}),
    (profile("L14", "MONA", "WEBER", certifier="nims"), {}),
    (profile("L15", "CYRIL", "MAXWELL", date(1992, 7, 3)), {}),
    (profile("L16", "NORA", "YOUNG"), {}),
    (profile("L17", "NORA", "YOUNG"), {"blocked": True, "status": "blocked"}),
)
ASKED = (
    ("Jutta", "Tanner", "19880304", "0T1,x"),
    ("Karl", "Ulrich", "19880304", "0T2,x"),
    ("Lena", "Voss", "19880304", "0T3,x"),
    ("Mona", "Weber", "19880304", "0T4,x"),
    ("Cyril", "Maxwell", "19920703", "0T5,x"),
    ("Nora", "Young", "19880304", "0T6,x"),
    ("Jutta", "Tanner", "19880305", "0T7,x"),
)


def put(con: Connection) -> None:
    """The people, each with one credential."""
    fill(con, profiles=[row for row, _ in PEOPLE])
    for number, (row, more) in enumerate(PEOPLE):
        learner = row["profile_id"][1:]
        record = event(learner, f"x{number}", "CPT-SAF", date(2018, 1, 1), certifier=row["certifier"])
        for table, values in (
            ("cleaned_learners.credentials", record),
            ("linked_records.links", record),
            ("linked_records.learners", {"learner_id": learner, "status": "unlinked", "blocked": False} | more),
        ):
            columns = [one[0] for one in con.execute(f"DESCRIBE {table}").fetchall()]
            marks = ", ".join("?" * len(columns))
            con.execute(f"INSERT INTO {table} VALUES ({marks})", [values.get(one) for one in columns])


def answered(work: Scratch, home: Path, **how: Any) -> Answers:
    leave(home, "mssc", request(*ASKED, school="999999", **how))
    return answer_requests(work, given(home, agreement("mssc", **MSSC)), wishes_of(work))


def test_own_people_are_answered_by_the_certifier_s_own_words(tmp_path: Path) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        put(con)
        answers = answered(work, tmp_path)
        assert outcomes(work, answers, "mssc") == {
            "T1": "found",
            "T2": "blocked",  # known to nobody but the certifier, at which the person opted out
            "T3": "not_found",  # two people of one name and birth date
            "T4": "not_found",  # another certifier's
            "T5": "found",  # a student of the registry whom linkage did not link
            "T6": "blocked",  # one of two, and one of the two opted out
            "T7": "not_found",  # another birth date
        }
        told = "requester_return_field, told, credential_code, student_id, learner_id"
        assert listed(work, answers.report_rows, told, "record_found = 'Y'") == [
            ("0T1,x", "credential", "CPT-SAF", None, "L10"),
            ("0T5,x", "credential", "CPT-SAF", None, "L15"),
        ]
        silent = "requester_return_field IN ('0T2,x', '0T6,x')"
        assert listed(work, answers.report_rows, "count(*)", silent) == [(0,)]
        counted = "rows, found, not_found, blocked, out_of_scope"
        assert listed(work, answers.requests, counted) == [(7, 2, 3, 2, 0)]


@pytest.mark.parametrize("wanted", ["20190101", "20150101"])
def test_the_window_counts_for_them_as_for_everybody(tmp_path: Path, wanted: str) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        put(con)
        said = outcomes(work, answered(work, tmp_path, since=wanted), "mssc")
        assert (said["T1"], said["T2"]) == ("not_found" if wanted > "2018" else "found", "blocked")


def test_an_institution_is_told_nothing_of_them(tmp_path: Path) -> None:
    with connect(threads=1) as con, scratch(con) as work:
        put(con)
        leave(tmp_path, "demo_college", request(*ASKED))
        answers = answer_requests(work, given(tmp_path, agreement()), wishes_of(work))
        assert {*outcomes(work, answers).values()} == {"not_found", "out_of_scope"}
