"""Who opted out in one industry is in no file of another one, whether there is a learner there or a student alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.opted_out_elsewhere import attach_opted_out, heard_elsewhere
from credential_pipeline.clearinghouse.return_files.answer.answers import answer_requests
from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.students import students_of
from credential_pipeline.clearinghouse.return_files.states.lists import completers, programmes_of
from credential_pipeline.clearinghouse.return_files.views.certifier import certifier_counts
from credential_pipeline.clearinghouse.return_files.views.institution import institution_counts
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.other_industries_world import Row, publish
from tests.domain.clearinghouse.return_files_world import (
    COLLEGE,
    EVERYBODY,
    PERSONS,
    agreement,
    event,
    fill,
    given,
    leave,
    request,
)

ANN: Row = {"first_name": "ANN", "last_name": "LEEWARD", "birth_date": date(1990, 5, 1)}
HILDA: Row = {"first_name": "H", "last_name": "RASMUSSEN", "birth_date": date(1982, 12, 8)}
SAID: Row = {"statement_id": "B1", "source": "certifier", "certifier": "ncrc", "scope": "all", "said_now": True}
BLOCK: Row = {"statement_id": "B1", "source": "certifier", "scope": "all", "in_force": True}


@pytest.fixture
def con() -> Iterator[Connection]:
    with connect(threads=1) as con:
        yield fill(con)


def told(con: Connection, home: Path) -> set[str]:
    """Students of whom any of a college's files or figures tells."""
    leave(home, "demo_college", request(*EVERYBODY))
    terms = agreement(gets=("enrollments", "degrees", "credentials", "cohort"))
    with scratch(con) as work:
        answers = answer_requests(work, given(home, terms), wishes_of(work))
        listed = f"SELECT student_id FROM {answers.report_rows} WHERE told <> 'none'"
        own = f"SELECT student_id FROM {students_of(work, terms, wishes_of(work)).own}"
        return {one for (one,) in con.execute(f"{listed} UNION {own}").fetchall()}


@pytest.mark.parametrize(
    ("said", "block", "learner", "who"),
    [
        (SAID | HILDA, {}, {}, "S9"),
        (SAID | ANN, {}, {}, "S1"),
        (SAID | {"source": "individual"} | HILDA, {}, {}, "S9"),
        (SAID | {"record_id": "7"}, BLOCK | {"learner_id": "X1"}, {"learner_id": "X1", "student_id": "S1"}, "S1"),
        (SAID | {"record_id": "7"}, BLOCK | {"learner_id": "X1"}, {"learner_id": "X1", "student_id": "S9"}, "S9"),
    ],
    ids=["a student by name", "a learner by name", "in person", "a learner by student", "a student by student"],
)
def test_who_opted_out_elsewhere_is_told_of_nowhere(
    con: Connection, tmp_path: Path, said: Row, block: Row, learner: Row, who: str
) -> None:
    assert who in told(con, tmp_path)
    attach_opted_out(con, publish(tmp_path, said, block, learner), "manufacturing")
    assert heard_elsewhere(con)
    assert who not in told(con, tmp_path)
    assert told(con, tmp_path), "the others are told of"


@pytest.mark.parametrize(
    ("said", "block"),
    [
        (SAID | ANN | {"scope": "industry", "industry": "other"}, {"scope": "industry"}),
        (SAID | ANN, {"rescinded": date(2026, 1, 1), "in_force": False}),
    ],
    ids=["about the other industry alone", "taken back"],
)
def test_what_is_not_in_force_here_hides_nobody(con: Connection, tmp_path: Path, said: Row, block: Row) -> None:
    learner = {"learner_id": "X1", "student_id": "S1"}
    store = publish(tmp_path, said, BLOCK | {"learner_id": "X1"} | block, learner)
    attach_opted_out(con, store, "manufacturing")
    assert "S1" in told(con, tmp_path)
    attach_opted_out(con, publish(tmp_path, SAID | ANN, {}, {}, "manufacturing"), "manufacturing")
    assert "S1" in told(con, tmp_path), "its own wishes the linkage hears"


def test_figures_and_lists_of_states_leave_them_out_too(con: Connection, tmp_path: Path) -> None:
    award = event("L1", "m9", "CPT-SAF", date(2018, 3, 1), provider_opeid=COLLEGE)
    con.execute(
        "UPDATE cleaned_learners.credentials SET provider_opeid = ? WHERE record_id = 'm1'", [award["provider_opeid"]]
    )
    industry = given(tmp_path, agreement()).industry
    programme = next(one for one in industry.programmes if one.certifier == "mssc")
    mine = programme.model_copy(update={"provider_opeid": COLLEGE, "credentials": ["CPT-SAF"], "state": "IN"})
    state = agreement("indiana", gets=("completers",), role="state", of="IN")

    def counted() -> tuple[int, int, int]:
        with scratch(con) as work:
            people = "SELECT value FROM {0} WHERE quantity = '{1}' AND dimension = 'all'"
            earners = con.execute(people.format(certifier_counts(work, "mssc", wishes_of(work)), "earners")).fetchall()
            students = con.execute(
                people.format(institution_counts(work, COLLEGE[:6], wishes_of(work)), "students")
            ).fetchall()
            listed = con.execute(
                f"FROM {completers(work, state, programmes_of(work, [mine], 'IN'), wishes_of(work))}"
            ).fetchall()  # fmt: skip
            return sum(n for (n,) in earners), sum(n for (n,) in students), len(listed)

    before = counted()
    assert min(before) > 0
    attach_opted_out(con, publish(tmp_path, SAID | ANN, {}, {}), "manufacturing")
    assert counted() == tuple(n - 1 for n in before)


def test_an_industry_whose_wishes_are_damaged_lets_nothing_go(con: Connection, tmp_path: Path) -> None:
    store = publish(tmp_path, SAID | ANN, {}, {})
    version = store.find(SNAPSHOT, "other")
    assert version is not None
    version.path("block_statements").write_bytes(b"")
    with pytest.raises(SafeError) as refused:
        attach_opted_out(con, store, "manufacturing")
    assert refused.value.code == "E_CHECKSUM"


@pytest.mark.parametrize("here", [True, False])
def test_a_wish_under_an_earlier_name_is_heard_of_a_student_who_is_no_learner(
    con: Connection, tmp_path: Path, *, here: bool
) -> None:
    persons = [dict(one) | ({"previous_last_name": "EARLIER"} if one["student_id"] == "S9" else {}) for one in PERSONS]
    fill(con, persons=persons)
    assert "S9" in told(con, tmp_path)
    wish = SAID | HILDA | {"last_name": "EARLIER"}
    if here:
        shape = SNAPSHOT.table("block_statements").schema
        marks = ", ".join("?" * len(shape))
        con.execute(f"INSERT INTO linked_records.block_statements VALUES ({marks})", [wish.get(one) for one in shape])
    else:
        attach_opted_out(con, publish(tmp_path, wish, {}, {}), "manufacturing")
    assert "S9" not in told(con, tmp_path)
