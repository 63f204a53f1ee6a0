"""One rule for what is an institution's own, however its registry writes an OPEID: files, figures, answers and the gate agree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.suites.clearinghouse.return_files import _STUDENTS as GATE
from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.clearinghouse.return_files.agreed import what_is_agreed
from credential_pipeline.clearinghouse.return_files.answer.answers import answer_requests
from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.students import students_of
from credential_pipeline.clearinghouse.return_files.views.institution import institution_counts
from credential_pipeline.foundation.contracts import SNAPSHOTS, education_registry
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.relation import Scratch, scratch
from tests.domain.clearinghouse.return_files_world import COLLEGE, agreement, given, leave, request
from tests.domain.drops import write_drop

SCHOOL = COLLEGE[:6]
#: Student to the OPEID of the one enrollment: the main campus, campus 02, another school, and what is no OPEID.
WRITTEN = {
    "S1": COLLEGE, "S2": SCHOOL, "S3": f"{SCHOOL}-00", "S4": f"{SCHOOL}02", "S5": f"{SCHOOL}-02", "S6": "00111100", "S7": "001111",
    "S8": "13495", "S9": f"X{SCHOOL}",
}  # fmt: skip
MAIN, SECOND = {"S1", "S2", "S3"}, {"S4", "S5"}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Scratch]:
    tables = {
        "persons": [
            {"student_id": one, "first_name": "Ann", "last_name": f"Lee{'abcdefghi'[place]}", "birth_date": f"199{place}-05-01",
             "ferpa_block": "N"}
            for place, one in enumerate(WRITTEN)
        ],
        "enrollments": [
            {"student_id": one, "opeid": opeid, "institution": "College", "begin_date": "2016-08-20", "end_date": "2017-05-10"}
            for one, opeid in WRITTEN.items()
        ],
        "degrees": [{"student_id": "S5", "opeid": f"{SCHOOL}-02", "degree_date": "2018-05-20"}],
    }  # fmt: skip
    folder = write_drop(
        tmp_path / "education", tables, {table.name: table.column_names for table in education_registry.SNAPSHOT}
    )
    with connect(threads=1) as con, scratch(con) as made:
        for name in ("education_registry", "cleaned_learners", "linked_records"):
            con.execute(f"CREATE SCHEMA {name}")
            for table in SNAPSHOTS[name]:
                columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
                con.execute(f'CREATE TABLE {name}."{table.name}" ({columns})')
        load_education_registry(con, folder)
        yield made


def listed(con: Connection, query: str) -> set[str]:
    return {one for (one,) in con.execute(query).fetchall()}


@pytest.mark.parametrize(
    ("branch", "own"), [("00", MAIN | SECOND), ("02", SECOND), ("01", set())], ids=["all", "one", "none"]
)
def test_every_part_takes_the_same_students_for_the_partner_s(
    work: Scratch, tmp_path: Path, branch: str, own: set[str]
) -> None:
    terms = agreement(of=SCHOOL + branch, gets=("enrollments", "degrees"))
    about = given(tmp_path, terms)
    people = [("Ann", f"Lee{'abcdefghi'[place]}", f"199{place}0501", f"{one},x") for place, one in enumerate(WRITTEN)]
    leave(tmp_path, terms.partner, request(*people).replace("\t00\t", f"\t{branch}\t"))
    answers = answer_requests(work, about, wishes_of(work))
    assert listed(work.con, f"SELECT student_id FROM {answers.answers} WHERE outcome = 'found'") == own
    assert listed(work.con, f"SELECT student_id FROM {students_of(work, terms, wishes_of(work)).own}") == own
    work.con.execute("CREATE SCHEMA return_files")
    work.con.execute(f"CREATE TABLE return_files.partners AS FROM {what_is_agreed(work, about)['partners']}")
    assert listed(work.con, f"SELECT student_id FROM {GATE}") == own
    counts = institution_counts(work, terms.of.removesuffix("00"), wishes_of(work))
    assert listed(work.con, f"SELECT value FROM {counts} WHERE quantity = 'students'") == {len(own)}
    told = listed(work.con, f"SELECT college_code_branch FROM {answers.report_rows} WHERE told <> 'none'")
    assert told == {f"{SCHOOL}-{campus}" for campus in (("00", "02") if branch == "00" else ("02",) if own else ())}


def test_what_is_no_opeid_is_told_as_it_is(work: Scratch, tmp_path: Path) -> None:
    work.con.execute(f"UPDATE education_registry.enrollments SET opeid = '{SCHOOL}-' WHERE student_id = 'S1'")
    leave(tmp_path, "demo_college", request(("Ann", "Leea", "19900501", "S1,x")))
    answers = answer_requests(work, given(tmp_path, agreement()), wishes_of(work))
    assert listed(work.con, f"SELECT college_code_branch FROM {answers.report_rows}") == {f"{SCHOOL}-"}
