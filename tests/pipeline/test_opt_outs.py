"""Who opts out by a second delivery, a letter or the registry is out of the next extract; and what hides opt-outs is refused."""

import csv
import io
from pathlib import Path

import dagster as dg
import pytest

from assets.clearinghouse.census_extract import HOP
from assets.materialize import materialize
from assets.resources import side_resource
from credential_pipeline.clearinghouse.opt_outs.lists import COLUMNS
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage.engine import connect
from tests.pipeline.test_refusals import refused

STORE = Path("clearinghouse/store")
MSSC = Path("clearinghouse/inbox/manufacturing/mssc")
STUDENTS = Path("clearinghouse/education/persons/part-0.parquet")
FLAG = "Block Student Credential"


def table(home: Path, snapshot: str, name: str) -> str:
    folder = home / STORE / snapshot / "manufacturing"
    return f"read_parquet('{folder / (folder / 'CURRENT').read_text() / name}.parquet')"


def asked(query: str) -> list[tuple]:
    with connect(threads=1) as con:
        return con.execute(query).fetchall()


def coverage(home: Path) -> dict[str, int]:
    return dict(asked(f"SELECT reason, learners FROM {table(home, 'census_extract', 'coverage')}"))


def people(home: Path) -> list[dict]:
    """Learners of MSSC who are shared, each with one feed row as it came."""
    found = asked(
        f"""
        SELECT l.learner_id, l.student_id, r.source FROM {table(home, "linked_records", "learners")} l
        JOIN {table(home, "linked_records", "links")} k USING (learner_id)
        JOIN {table(home, "raw_feeds", "records")} r USING (certifier, record_id)
        WHERE NOT l.blocked AND l.certifiers = 'mssc' AND r.certifier = 'mssc' AND r.source['First Name'] <> ''
        QUALIFY row_number() OVER (PARTITION BY l.learner_id ORDER BY r.record_id) = 1 ORDER BY l.learner_id
        """
    )
    return [{"learner": learner, "student": student, "row": row} for learner, student, row in found]


def header(home: Path) -> list[str]:
    return next(csv.reader(io.StringIO((home / MSSC / "2018.csv").read_text(encoding="utf-8"))))


def deliver(home: Path, name: str, *rows: dict) -> Path:
    columns, text = header(home), io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (home / MSSC / name).write_text(text.getvalue(), encoding="utf-8")
    return home / MSSC / name


def opt_out(home: Path, **entry: str) -> None:
    folder = home / "clearinghouse" / "opt_outs"
    folder.mkdir(exist_ok=True)
    values = {"source": "individual", "scope": "all", "received": "2026-01-01", **entry}
    row = ",".join(values.get(name, "") for name in COLUMNS)
    (folder / "letters.csv").write_text(f"{','.join(COLUMNS)}\n{row}\n", encoding="utf-8")


def change_students(home: Path, statement: str) -> None:
    path = home / STUDENTS
    with connect(threads=1) as con:
        con.execute(f"CREATE TABLE students AS FROM read_parquet('{path}')")
        con.execute(statement)
        con.execute(f"COPY students TO '{path}' (FORMAT parquet)")


@pytest.fixture
def small(run, tmp_path) -> Path:
    made = tmp_path / "home"
    size = ("--learners", "600", "--registry-size", "3000", "--seed", "5", "--industry", "manufacturing")
    for words in (("simulate", *size), ("run", "manufacturing", "--until", "census_extract")):
        answer = run(made, *words)
        assert answer.code == 0, answer.err
    return made


def test_blocks_of_a_second_delivery_a_letter_and_the_registry_leave_the_extract(run, small, monkeypatch):
    before, known = coverage(small), people(small)
    first, second, third, linked, fourth, fifth = [one for one in known if one["student"]][:6]
    deliver(
        small,
        "z_second.csv",
        first["row"] | {FLAG: "Y"},
        second["row"] | {FLAG: "Y", "Event Date": "soon"},
        third["row"] | {FLAG: "Y", "TransactionID": "", "Exam Code": "NOPE"},
    )
    opt_out(small, student_id=fourth["student"])
    change_students(small, f"UPDATE students SET ferpa_block = 'Y' WHERE student_id = '{linked['student']}'")
    change_students(
        small,
        "INSERT INTO students SELECT * REPLACE ('TWIN' AS student_id, 'Y' AS ferpa_block, NULL AS street, NULL AS zip)"
        f" FROM students WHERE student_id = '{fifth['student']}'",
    )
    monkeypatch.setenv("CREDENTIAL_PIPELINE_HOME", str(small))
    with pytest.raises(
        dg.Failure, match="older than the deliveries and the lists of opt-outs and the registry's drops"
    ):
        list(materialize(HOP, HOP.step(side_resource(Side.CLEARINGHOUSE), "manufacturing")))
    answer = run(small, "run", "manufacturing", "--until", "census_extract")
    assert answer.code == 0, answer.err
    after = coverage(small)
    assert after["reported"] == before["reported"]
    assert after["extracted"] == before["extracted"] - 6
    assert after["opted_out"] == before["opted_out"] + 4
    assert after["ferpa_blocked"] == before["ferpa_blocked"] + 2
    left = ", ".join(f"'{one['learner']}'" for one in (first, second, third, linked, fourth, fifth))
    members = max(
        (small / "clearinghouse/disclosures/members").glob("*.parquet"), key=lambda path: path.stat().st_mtime
    )
    assert asked(f"SELECT count(*) FROM read_parquet('{members}') WHERE learner_id IN ({left})") == [(0,)]


def test_what_hides_blocks_is_refused_and_named(run, small):
    blank = [one["row"] | {FLAG: "", "TransactionID": f"NEW{place}"} for place, one in enumerate(people(small)[:30])]
    delivery = deliver(small, "z_blank.csv", *blank)
    answer = run(small, "run", "manufacturing", "--until", "raw_feeds")
    assert answer.code == 1
    (line,) = answer.err.splitlines()
    assert line.startswith("held: inbox/manufacturing/mssc/[mssc-")
    assert "BLOCK_MARKS_LOST" in line
    delivery.unlink()
    opt_out(small, student_id="S1", scope="nowhere")
    refused(run(small, "run", "manufacturing"), "opt_outs/letters.csv, line 2", "scope", "E_OPT_OUTS")
    (small / "clearinghouse/opt_outs/letters.csv").unlink()
    change_students(small, "UPDATE students SET ferpa_block = 'N'")
    refused(run(small, "run", "manufacturing"), "education/persons: 0 students are blocked", "blocks_not_collapsed")
    change_students(
        small, "UPDATE students SET ferpa_block = NULL WHERE student_id = (SELECT min(student_id) FROM students)"
    )
    refused(run(small, "run", "manufacturing"), "education/persons/part-0.parquet", "E_REGISTRY_NO_BLOCKS")
