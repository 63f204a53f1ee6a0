"""PDP files of a simulated institution, out and back: judged by the published rules, extended, and read as a source of enrollments."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from credential_pipeline.clearinghouse.education_registry.load import load_education_registry
from credential_pipeline.clearinghouse.return_files.partners import wishes_of
from credential_pipeline.clearinghouse.return_files.pdp.institutions import pdp_of_institutions
from credential_pipeline.engines.exchange.pdp.judge import faults
from credential_pipeline.engines.exchange.pdp.read import read_pdp
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import scratch
from credential_pipeline.simulation.partners.pdp import write_pdp
from tests.domain.clearinghouse.return_files_pdp_world import agreement, award, fill, given
from tests.domain.simulation.simulation_world import small_world


def school() -> str:
    """The institution of most students."""
    home, _, _ = small_world()
    spells = pd.read_parquet(home / "clearinghouse/education/enrollments")
    return Counter(spells.drop_duplicates(["student_id", "opeid"])["opeid"].astype(str)).most_common(1)[0][0][:6] + "00"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """A home whose partner left its files, and what is true of its students."""
    home, _, _ = small_world()
    to = tmp_path_factory.mktemp("pdp")
    folder = to / "partners" / "college" / "pdp"
    return to, write_pdp(np.random.default_rng(7), home / "clearinghouse/education", school(), folder)


def test_the_files_keep_the_rules_and_show_the_quirks(sent: tuple[Path, pd.DataFrame]) -> None:
    home, students = sent
    assert len(students) > 10
    with connect(threads=1) as con, scratch(con) as work:
        for file in ("cohort", "course"):
            opened = read_pdp(work, home / f"partners/college/pdp/{file}.csv")
            assert opened.header.file == file
            assert [str(fault) for fault in faults(work, file, opened.rows)] == []
    with (home / "partners/college/pdp/cohort.csv").open(encoding="utf-8", newline="") as opened_file:
        rows = list(csv.DictReader(opened_file))
    assert next(iter(rows[0])) == "Student GUID"
    assert "UK" in {row["Dual and Summer Enrollment"] for row in rows}
    assert {row["Institution ID"] for row in rows} == {school().lstrip("0")}


def test_the_same_seed_gives_the_same_files(sent: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    home, _, _ = small_world()
    write_pdp(np.random.default_rng(7), home / "clearinghouse/education", school(), tmp_path)
    for file in ("cohort.csv", "course.csv"):
        assert (tmp_path / file).read_bytes() == (sent[0] / "partners/college/pdp" / file).read_bytes()


def test_the_files_come_back_with_credentials(sent: tuple[Path, pd.DataFrame]) -> None:
    to, students = sent
    home, _, _ = small_world()
    ids = students["student_id"].tolist()
    terms = agreement(of=school())
    with connect(threads=1) as con, scratch(con) as work:
        fill(con, events=[award(one, "CPT-SAF", pd.Timestamp("2015-03-01").date()) for one in ids[:5]])
        con.execute("CREATE SCHEMA IF NOT EXISTS education_registry")
        load_education_registry(con, home / "clearinghouse/education")
        blocked = {
            row[0]
            for row in con.execute("SELECT student_id FROM education_registry.persons WHERE ferpa_block").fetchall()
        }
        made = pdp_of_institutions(work, given(to, terms), wishes_of(work))
        assert con.execute(f"SELECT count(*) FROM {made['requests']}").fetchall() == [(0,)]
        back = {row[0] for row in con.execute(f"SELECT student_id FROM {made['pdp_cohort']}").fetchall()}
        earned = con.execute(f"SELECT student_id FROM {made['pdp_course']} WHERE course_type = 'NC'").fetchall()
    assert back == set(ids) - blocked
    assert {row[0] for row in earned} == set(ids[:5]) - blocked


def test_the_files_stand_for_a_registry(sent: tuple[Path, pd.DataFrame], tmp_path: Path) -> None:
    to, students = sent
    home, _, _ = small_world()
    folder = tmp_path / "education"
    folder.mkdir()
    (folder / "persons").symlink_to(home / "clearinghouse/education/persons")
    (folder / "pdp").symlink_to(to / "partners/college/pdp")
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA education_registry")
        load_education_registry(con, folder)
        kept = dict(
            con.execute("SELECT student_id, kept_student_id FROM education_registry.duplicate_students").fetchall()
        )
        spells = con.execute("SELECT student_id, begin_date FROM education_registry.enrollments").fetchall()
        degrees = con.execute("SELECT student_id FROM education_registry.degrees").fetchall()
    truth = {
        (kept.get(one.student_id, one.student_id), pd.Timestamp(day).date())
        for one in students.itertuples()
        for day in one.terms
    }
    assert {begin for _, begin in spells} <= {day for _, day in truth}
    assert {student for student, _ in spells} == {student for student, _ in truth}
    took = students[(students["degree_year"] - students["entry"]).between(0, 7)]
    assert {row[0] for row in degrees} == {kept.get(one, one) for one in took["student_id"]}
