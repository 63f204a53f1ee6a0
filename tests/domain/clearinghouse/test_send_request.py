"""A request names people to others: only under an agreement, on record before it appears, and found by whom it names."""

import errno
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.disclosure_record import REQUEST, DisclosureRecord, kind_of
from credential_pipeline.clearinghouse.education_registry.ask import people_to_ask, require_request
from credential_pipeline.clearinghouse.education_registry.send_request import Asking, send_request, was_cut_off
from credential_pipeline.clearinghouse.opt_outs.lists import NOTHING, Entry, OptOuts
from credential_pipeline.clearinghouse.opted_out_elsewhere import attach_opted_out
from credential_pipeline.clearinghouse.people_on_record import other_ids
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.load import load_registry
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.relation import relation, scratch
from tests.domain.clearinghouse.other_industries_world import publish
from tests.domain.clearinghouse.request_world import request_agreement

TODAY = date(2026, 7, 1)
WHEN = datetime(2026, 7, 1, 12, tzinfo=UTC)
HEADER = Header("999999", "00", "Council of steel", TODAY, "CO")
CANARY = "QUUXSON"


@pytest.fixture
def con():
    """Three profiles; the first two are one learner, whom nobody has linked yet."""
    with connect(threads=1) as con:
        for snapshot in (cleaned_learners.SNAPSHOT, linked_records.SNAPSHOT):
            con.execute(f"CREATE SCHEMA {snapshot.name}")
            for table in snapshot:
                columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
                con.execute(f'CREATE TABLE {snapshot.name}."{table.name}" ({columns})')
        con.execute(
            "INSERT INTO cleaned_learners.profiles BY NAME SELECT * FROM (VALUES"
            " ('P1', 'mssc', 'ANN', 'MARY', 'QUUXSON', 'JR', DATE '1990-05-01', 1),"
            " ('P2', 'nims', 'ANN', NULL, 'QUUXSON', NULL, DATE '1990-05-01', 1),"
            " ('P3', 'mssc', 'BO', NULL, 'LINDGREN', NULL, DATE '1991-06-02', 2))"
            " AS t(profile_id, certifier, first_name, middle_name, last_name, name_suffix, birth_date, records)"
        )
        con.execute(
            "INSERT INTO cleaned_learners.credentials BY NAME SELECT * FROM (VALUES ('mssc', '1', 'P1', false),"
            " ('nims', '1', 'P2', false), ('mssc', '2', 'P3', false), ('mssc', '3', 'P3', false))"
            " AS t(certifier, record_id, profile_id, blocked)"
        )
        yield con


def ask(con, home: Path, name: str = "request.txt", *, linked: bool = False, **changed) -> int:
    agreement = request_agreement(**changed)
    with scratch(con) as work:
        people = people_to_ask(work, agreement, date(2010, 1, 1), NOTHING)
        learners = relation(con, "linked_records.profile_links") if linked else None
        asking = Asking("manufacturing", agreement, HEADER, "clerk")
        return send_request(work, people, learners, home / name, asking, home, WHEN)


def link(con) -> None:
    """The linkage comes later: P1 and P2 are L1, of which L0 was a part; P3 is L3."""
    con.execute("INSERT INTO linked_records.learner_redirects VALUES ('L0', 'L1', 2)")
    con.execute("INSERT INTO linked_records.profile_links BY NAME SELECT unnest(['P1', 'P2', 'P3']) AS profile_id,"
                " unnest(['L1', 'L1', 'L3']) AS learner_id")  # fmt: skip
    con.execute("INSERT INTO linked_records.record_ids VALUES ('mssc', '1', 'L1', false), ('nims', '1', 'L1', true),"
                " ('mssc', '2', 'L3', true), ('mssc', '3', 'L3', true), ('mssc', '9', 'L9', true)")  # fmt: skip


def received(con, home: Path, learner_id: str) -> list[str]:
    found = DisclosureRecord(home).who_received(con, learner_id, other_ids(con, learner_id))
    return [one.facts["recipient"] for one in found]


def test_the_record_tells_who_asked_whom_under_what_for_which_columns_and_how_many(con, tmp_path):
    assert ask(con, tmp_path) == 3
    prepared, done = DisclosureRecord(tmp_path).entries()
    assert (prepared.state, done.state, prepared.when) == ("prepared", "done", WHEN.isoformat())
    assert kind_of(prepared) == REQUEST
    facts = prepared.facts
    assert facts["asked"] == {"by": "clerk", "code": "99999900", "query": "CO"}
    assert (facts["agreement_id"], facts["sender"], facts["recipient"]) == ("request_demo", "Council", "Service")
    columns = ["first_name", "middle_initial", "last_name", "name_suffix", "birth_date", "return_field"]
    assert facts["tables"] == {"request": {"rows": 3, "columns": columns}}
    assert facts["legal_basis"] == {"Own records": columns}
    assert facts["learners"] == 3
    assert (tmp_path / "request.txt").stat().st_mode & 0o077 == 0


def test_whoever_is_named_before_there_are_learners_is_found_by_the_id_that_comes_later(con, tmp_path):
    ask(con, tmp_path)
    link(con)
    assert [received(con, tmp_path, one) for one in ("L1", "L0", "L3", "L9")] == [["Service"]] * 3 + [[]]


def test_whoever_had_an_id_is_found_by_it_also_when_the_rows_go_to_another(con, tmp_path):
    link(con)
    ask(con, tmp_path, linked=True)
    con.execute("UPDATE linked_records.record_ids SET learner_id = 'L9' WHERE learner_id = 'L3'")
    assert received(con, tmp_path, "L3") == ["Service"]
    assert received(con, tmp_path, "L9") == ["Service"], "whoever has the rows today"
    assert DisclosureRecord(tmp_path).entries()[0].facts["learners"] == 3, "people, and not ids"


def test_what_the_agreement_does_not_name_is_empty(con, tmp_path):
    named = ["first_name", "last_name", "birth_date", "return_field"]
    ask(con, tmp_path, columns=[{"columns": named, "legal_basis": "Own records"}])
    (ann,) = [line.split("\t") for line in (tmp_path / "request.txt").read_text().splitlines() if line.endswith("P1")]
    assert ann[2:7] == ["ANN", "", CANARY, "", "19900501"]
    assert DisclosureRecord(tmp_path).entries()[0].facts["tables"]["request"]["columns"] == named


def test_asking_again_is_another_disclosure(con, tmp_path):
    ask(con, tmp_path)
    ask(con, tmp_path, "again.txt")
    numbers = [one.facts["number"] for one in DisclosureRecord(tmp_path).entries() if one.facts]
    assert numbers == [1, 2]
    link(con)
    assert received(con, tmp_path, "L1") == ["Service", "Service"]


@pytest.mark.parametrize("step", ["link", "complete"])
def test_a_request_that_was_cut_off_is_on_record_and_finished_by_the_same_again(con, tmp_path, monkeypatch, step):
    """Killed after the line of the record: before the file appears, or after it."""

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "link") if step == "link" else (DisclosureRecord, "complete")), stop)
        with pytest.raises(KeyboardInterrupt):
            ask(con, tmp_path)
    record = DisclosureRecord(tmp_path)
    assert len(record.unfinished()) == 1
    assert (tmp_path / "request.txt").exists() == (step == "complete")
    assert not [*tmp_path.glob(".request*")]
    link(con)
    assert received(con, tmp_path, "L1") == ["Service"], "it may have gone"
    ask(con, tmp_path, "again.txt")
    assert record.unfinished() == []
    assert [one.state for one in record.entries()] == ["prepared", "done"]


def test_a_file_that_cannot_appear_is_no_disclosure(con, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", full)
        with pytest.raises(SafeError) as refused:
            ask(con, tmp_path)
    assert CANARY not in str(refused.value)
    link(con)
    assert received(con, tmp_path, "L1") == []
    ask(con, tmp_path)
    assert received(con, tmp_path, "L1") == ["Service"]


def test_a_name_that_was_taken_meanwhile_is_not_overwritten(con, tmp_path, monkeypatch):
    """Another call writes the same file between the look at the name and the end; what a killed one left goes."""
    (tmp_path / ".request.txt.1.part").write_text(CANARY)
    prepare = DisclosureRecord.prepare

    def late(self, *more):
        prepare(self, *more)
        (tmp_path / "request.txt").write_text("another's")

    monkeypatch.setattr(DisclosureRecord, "prepare", late)
    with pytest.raises(SafeError) as refused:
        ask(con, tmp_path)
    assert refused.value.code == "E_EXISTS"
    assert (tmp_path / "request.txt").read_text() == "another's"
    assert [one.state for one in DisclosureRecord(tmp_path).entries()] == ["prepared", "void"]
    assert not [*tmp_path.glob(".request*")]


def test_a_call_that_was_cut_off_after_the_file_appeared_is_finished_by_asking_again(con, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def cut(*_):
        raise Killed

    complete, unlink = DisclosureRecord.complete, Path.unlink
    monkeypatch.setattr(DisclosureRecord, "complete", cut)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Killed):
        ask(con, tmp_path)
    monkeypatch.setattr(DisclosureRecord, "complete", complete)
    monkeypatch.setattr(Path, "unlink", unlink)
    said = (tmp_path / "request.txt").read_bytes()
    assert was_cut_off(tmp_path / "request.txt")
    assert [one.state for one in DisclosureRecord(tmp_path).entries()] == ["prepared"]
    ask(con, tmp_path)
    assert (tmp_path / "request.txt").read_bytes() == said
    assert not was_cut_off(tmp_path / "request.txt")
    assert [one.state for one in DisclosureRecord(tmp_path).entries()] == ["prepared", "done"]
    assert not [*tmp_path.glob(".request*")]


def test_nothing_appears_where_the_record_cannot_be_written(con, tmp_path):
    ask(con, tmp_path)
    (tmp_path / "disclosures" / "ledger.jsonl").write_text("x\n")
    with pytest.raises(SafeError) as refused:
        ask(con, tmp_path, "again.txt")
    assert refused.value.code == "E_LEDGER_BROKEN"
    assert not [*tmp_path.glob("*again*")]


def named(con, *, linked: bool = True) -> set[str]:
    with scratch(con) as work:
        people = people_to_ask(work, request_agreement(), TODAY, NOTHING, linked=linked)
        return {one for (one,) in con.execute(f"SELECT return_field FROM {people}").fetchall()}


@pytest.mark.parametrize(
    "block",
    [
        "INSERT INTO linked_records.blocks BY NAME SELECT 'B1' AS statement_id, 'L1' AS learner_id, true AS in_force",
        "INSERT INTO linked_records.learners BY NAME SELECT 'L1' AS learner_id, true AS blocked",
    ],
)
def test_whom_linkage_blocked_is_not_named_whatever_was_said(con, block):
    """The wish names another person's row, and reached the learner by linkage alone."""
    link(con)
    assert named(con) == {"P1", "P2", "P3"}
    con.execute(block)
    assert named(con) == {"P3"}


def test_a_block_that_is_not_in_force_keeps_nobody_back(con):
    link(con)
    con.execute(
        "INSERT INTO linked_records.blocks BY NAME SELECT 'B1' AS statement_id, 'L1' AS learner_id, false AS in_force"
    )
    assert named(con) == {"P1", "P2", "P3"}


def test_who_opted_out_in_another_industry_is_not_named(con, tmp_path):
    wish = {"statement_id": "B1", "source": "certifier", "certifier": "ncrc", "scope": "all", "said_now": True}
    said = wish | {"first_name": "A", "last_name": CANARY, "birth_date": date(1990, 5, 1)}
    attach_opted_out(con, publish(tmp_path, said, {}, {}), "manufacturing")
    assert named(con, linked=False) == {"P3"}


def test_a_request_about_nobody_is_refused(con, tmp_path):
    wishes = OptOuts(tuple(
        Entry("individual", None, None, None, None, first, last, born, received=TODAY)
        for first, last, born in (("Ann", "Quuxson", date(1990, 5, 1)), ("Bo", "Lindgren", date(1991, 6, 2)))
    ))  # fmt: skip
    with scratch(con) as work, pytest.raises(SafeError) as refused:
        people_to_ask(work, request_agreement(), TODAY, wishes)
    assert refused.value.code == "E_NOBODY"


@pytest.mark.parametrize(
    ("changed", "industry", "query", "code"),
    [
        ({}, "manufacturing", "CO", None),
        ({}, "healthcare", "CO", "E_NO_AGREEMENT"),
        ({"codes": ["99999901"]}, "manufacturing", "CO", "E_NO_AGREEMENT"),
        ({"expires": date(2026, 6, 30)}, "manufacturing", "CO", "E_AGREEMENT_EXPIRED"),
        ({"signed": date(2026, 7, 2)}, "manufacturing", "CO", "E_NO_AGREEMENT"),
        ({}, "manufacturing", "PA", "E_NOT_AGREED"),
    ],
)
def test_nobody_is_asked_about_without_an_agreement_that_allows_it(changed, industry, query, code):
    agreement, header = request_agreement(**changed), Header("999999", "00", "X", TODAY, query)
    if code is None:
        assert require_request([agreement], industry, header, TODAY) is agreement
        return
    with pytest.raises(SafeError) as refused:
        require_request([agreement], industry, header, TODAY)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


def test_the_built_in_agreement_is_for_the_simulated_pilot():
    (agreement,) = load_registry().request_agreements
    assert "simulated" in agreement.recipient


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"codes": ["0023300"]}, "eight digits"),
        ({"codes": ["99999900", "99999900"]}, "twice"),
        ({"queries": ["XX"]}, "allowed: CO, SE, DA, PA"),
        ({"columns": [{"columns": ["first_name"], "legal_basis": "X"}]}, "last_name, birth_date, return_field"),
        ({"columns": [{"columns": ["ssn"], "legal_basis": "X"}]}, "allowed: first_name"),
    ],
)
def test_an_agreement_that_allows_too_little_or_too_much_is_none(changed, said):
    with pytest.raises(ValueError, match=said):
        request_agreement(**changed)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("industries: [mining]", "there is no industry 'mining'"),
        ("industries: [manufacturing]", "agreements/request_other.yml is about the same code and industry"),
    ],
)
def test_two_agreements_on_one_code_and_unknown_industries_are_mistakes(tmp_path, content, said):
    built_in = next(Path(load_registry.__code__.co_filename).parent.glob("agreements/request_student_tracker.yml"))
    text = built_in.read_text().replace("id: request_student_tracker", "id: request_other")
    (tmp_path / "agreements").mkdir()
    other = text.replace("industries: [construction, healthcare, information_technology, manufacturing]", content)
    (tmp_path / "agreements" / "request_other.yml").write_text(other)
    found: list[SafeError] = []
    load_registry(tmp_path, found.append)
    assert any(said in str(one) for one in found)
