"""What partners are given: whole folders with receipts, once, and on record before they appear."""

import datetime
import json

import pandas as pd
import pytest

from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
from credential_pipeline.clearinghouse.return_files.deliver import RECEIPT, deliver
from credential_pipeline.clearinghouse.return_files.partners import Given
from credential_pipeline.clearinghouse.return_files.pdp.headers import HEADERS, SHAPE, keep_headers
from credential_pipeline.clearinghouse.return_files.released import newest_outcomes
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.private_files import sha256_file
from credential_pipeline.foundation.storage.relation import scratch

WHEN = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
PARTNER = "demo_college"


@pytest.fixture
def con():
    with connect() as con:
        con.execute("CREATE SCHEMA return_files")
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f"CREATE TABLE return_files.{table.name} ({columns})")
        with scratch(con) as work:
            keep_headers(con, work.rows(HEADERS, SHAPE, []))
        con.execute(
            "INSERT INTO return_files.requests BY NAME SELECT 'demo_college' AS partner, 'a.txt' AS file, 'q1' AS request_id,"
            " '013495' AS school_code, '00' AS branch, 'SE' AS query_type, DATE '2026-01-15' AS file_date,"
            " 3 AS rows, 1 AS found, 1 AS not_found, 1 AS blocked, 0 AS out_of_scope, 'answered' AS state"
        )
        con.execute(
            "INSERT INTO return_files.pdp_cohort BY NAME SELECT 'demo_college' AS partner, '013495' AS institution_id,"
            " 'S1' AS student_id, 'L1' AS learner_id UNION ALL BY NAME"
            " SELECT 'another' AS partner, '013495' AS institution_id, 'S2' AS student_id"
        )
        yield con


@pytest.fixture
def given(tmp_path):
    industry = load_registry().industry("manufacturing")
    return Given(industry, (), tmp_path / "partners", None, WHEN.date())


def _only(made):
    (one,) = [delivered for delivered in made if delivered.partner == PARTNER]
    return one


def test_a_delivery_is_what_its_receipt_says(con, given, tmp_path):
    one = _only(deliver(con, given, tmp_path, WHEN))
    receipt = json.loads((one.folder / RECEIPT).read_text())
    assert {path.name for path in one.folder.iterdir()} == {RECEIPT, *(file["file"] for file in receipt["files"])}
    for file in receipt["files"]:
        assert sha256_file(one.folder / file["file"])[0] == file["sha256"]
        assert (one.folder / file["file"]).stat().st_mode & 0o077 == 0
    cohort = pd.read_csv(one.folder / "pdp_cohort.csv", dtype=str)
    assert cohort["Study ID"].tolist() == ["S1"], "another partner's student"
    assert receipt["agreement_id"] == "return_demo_college"


def test_whoever_is_told_of_is_found_on_record(con, given, tmp_path):
    one = _only(deliver(con, given, tmp_path, WHEN))
    record = DisclosureRecord(tmp_path)
    for person in ("L1", "S1"):
        (found,) = record.who_received(con, person)
        assert found.facts["recipient"] == "Demonstration college of the simulated pilot"
        assert one.folder.name.endswith(found.package_id[:12])
    assert record.who_received(con, "S2") == []
    assert record.unfinished() == []


def test_the_same_again_is_not_given_again(con, given, tmp_path):
    first = _only(deliver(con, given, tmp_path, WHEN))
    again = _only(deliver(con, given, tmp_path, WHEN + datetime.timedelta(days=1)))
    assert (again.folder, again.new) == (first.folder, False)
    con.execute("UPDATE return_files.requests SET rows = 4, found = 2")
    other = _only(deliver(con, given, tmp_path, WHEN + datetime.timedelta(days=2)))
    assert other.new
    assert other.folder.name.startswith("0002-")
    assert first.folder.is_dir()


def test_another_look_of_the_page_is_no_other_delivery(con, given, tmp_path, monkeypatch):
    """Each is a disclosure of everybody whom the other files tell of."""
    page = "<head><style>\n{look}\n</style></head><p>{words}</p>"

    def delivered(look, words):
        text = page.format(look=look, words=words)
        monkeypatch.setattr("credential_pipeline.clearinghouse.return_files.files.partner_page", lambda *_: text)
        return _only(deliver(con, given, tmp_path, WHEN))

    first = delivered("p { color: red }", "40 people")
    assert "color: red" in (first.folder / "view.html").read_text()
    again = delivered("p { color: blue }", "40 people")
    assert (again.folder, again.new) == (first.folder, False)
    assert delivered("p { color: blue }", "50 people").new
    assert delivered("p { color: blue }", "60 people").new
    assert len(DisclosureRecord(tmp_path).who_received(con, "S1")) == 3


def test_a_delivery_that_was_cut_off_is_done_again(con, given, tmp_path, monkeypatch):
    """Between the line of the record and the folder; the second time there is one line and one folder."""
    with monkeypatch.context() as patch:
        patch.setattr(DisclosureRecord, "complete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            deliver(con, given, tmp_path, WHEN)
    assert len(DisclosureRecord(tmp_path).unfinished()) == 1
    one = _only(deliver(con, given, tmp_path, WHEN))
    assert DisclosureRecord(tmp_path).unfinished() == []
    assert [path.name for path in one.folder.parent.glob("[0-9]*")] == [one.folder.name]


def test_nobody_is_given_anything_without_an_agreement_in_force(con, given, tmp_path):
    late = Given(given.industry, (), given.partners, None, datetime.date(2040, 1, 1))
    assert deliver(con, late, tmp_path, WHEN) == ()
    assert not (tmp_path / "partners").exists()


def test_the_newest_release_is_the_latest(tmp_path):
    assert newest_outcomes(tmp_path) is None
    (tmp_path / "r0001-a").mkdir()
    (tmp_path / "r0001-a" / "outcomes.csv").touch()
    assert newest_outcomes(tmp_path) is None, "a release that was withdrawn is named nowhere"
    (tmp_path / "LATEST").write_text("r0001-a")
    assert newest_outcomes(tmp_path) == tmp_path / "r0001-a" / "outcomes.csv"
