"""Who may be told of: nobody blocked the person, and the school of a student says so itself; silence is no consent."""

from datetime import date
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.states.lists import completers, programmes_of
from credential_pipeline.clearinghouse.return_files.views.certifier import certifier_counts
from credential_pipeline.clearinghouse.return_files.views.institution import passing_counts
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from tests.domain.clearinghouse.return_files_world import COLLEGE, agreement, event, fill, given, person


@pytest.mark.parametrize(
    ("student", "blocked", "told"),
    [
        (None, False, True),
        ({"ferpa_block": False}, False, True),
        ({"ferpa_block": False}, True, False),
        ({"ferpa_block": True}, False, False),
        ({"ferpa_block": None}, False, False),
        ({}, False, False),
    ],
    ids=[
        *("no student", "a student", "blocked by linkage", "blocked by the school"),
        *("a school that is silent", "unknown to the registry"),
    ],
)
def test_lists_and_figures_are_on_the_same_people(
    tmp_path: Path,
    student: dict[str, bool | None] | None,
    blocked: bool,  # noqa: FBT001
    told: bool,  # noqa: FBT001
) -> None:
    state = agreement("indiana", gets=("completers",), role="state", of="IN")
    industry = given(tmp_path, state).industry
    programme = next(one for one in industry.programmes if one.certifier == "mssc").model_copy(
        update={"provider_opeid": COLLEGE, "credentials": ["CPT-SAF"], "state": "IN"}
    )
    award = event("L1", "m1", "CPT-SAF", date(2018, 3, 1), provider_opeid=COLLEGE, result="pass")
    persons = [person("S1", "ANN", "LEEWARD", date(1990, 5, 1), **student)] if student else []
    with connect(threads=1) as con, scratch(fill(con, persons=persons)) as work:
        for table in ("cleaned_learners.credentials", "linked_records.links", "linked_records.learners"):
            con.execute(f"DELETE FROM {table}")
        learner = {"learner_id": "L1", "student_id": None if student is None else "S1", "blocked": blocked}
        for table, row in (
            ("cleaned_learners.credentials", {name: award[name] for name in award if name != "learner_id"}),
            ("linked_records.links", {name: award[name] for name in ("certifier", "record_id", "learner_id")}),
            ("linked_records.learners", learner),
        ):
            con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
        wishes = wishes_of(work)
        listed = completers(work, state, programmes_of(work, [programme], "IN"), wishes)
        earners = f"FROM {certifier_counts(work, 'mssc', wishes)} WHERE quantity = 'earners' AND dimension = 'all'"
        sat = f"FROM {passing_counts(work, COLLEGE, wishes)} WHERE quantity = 'sat' AND dimension = 'certifier'"
        assert con.execute(f"SELECT count(*) FROM {listed}").fetchall() == [(told,)]
        assert sum(value for (value,) in con.execute(f"SELECT value {earners}").fetchall()) == told
        assert sum(value for (value,) in con.execute(f"SELECT value {sat}").fetchall()) == told
