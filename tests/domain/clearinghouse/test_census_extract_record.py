"""Handing the extract over: what stops it, and what the record of disclosures says afterwards."""

import json

import pytest

from credential_pipeline.clearinghouse.census_extract import blocks
from credential_pipeline.clearinghouse.census_extract.hand_over import hand_over
from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
from credential_pipeline.foundation.contracts.census_extract import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.engines.handover_world import AGREEMENT, INDUSTRY, NOW, TODAY, TOKENS, make_world, refused


@pytest.fixture
def con():
    with connect(threads=2) as connection:
        yield connection


def test_a_block_after_the_build_stops_the_hand_over(con, tmp_path):
    world = make_world(con, tmp_path)
    blocks.refuse_blocked(con, "manufacturing", TOKENS)
    con.execute("UPDATE education_registry.persons SET ferpa_block = TRUE WHERE student_id = 'STU-CANARY'")
    refused("E_BLOCKED_LEARNER", send, con, world)
    assert not list(world.sender.glob("outbox/*/*/manifest.json"))
    assert not world.inbox.exists()
    assert DisclosureRecord(world.sender).entries() == []


def send(con, world, **named):
    settings = {"today": TODAY, "when": NOW, "inbox": world.inbox} | named
    return hand_over(con, world.files, world.sender, INDUSTRY, world.sending, **settings)


def test_a_column_too_many_in_a_file_stops_the_hand_over(con, tmp_path):
    world = make_world(con, tmp_path)
    con.execute(
        f"COPY (SELECT *, 1 AS score FROM census_extract.degrees) TO '{world.files['degrees']}' (FORMAT parquet)"
    )
    refused("E_CONTRACT_COLUMNS", send, con, world)
    assert DisclosureRecord(world.sender).entries() == []


def test_the_record_says_who_received_whom_and_once(con, tmp_path):
    world = make_world(con, tmp_path)
    sealed = send(con, world)
    assert not sealed.reused
    again = send(con, world)
    assert again.reused
    assert again.package_id == sealed.package_id
    record = DisclosureRecord(world.sender)
    assert [entry.state for entry in record.entries()] == ["prepared", "done"]
    facts = record.entries()[0].facts
    assert facts["recipient"] == AGREEMENT.recipient
    assert facts["purpose"] == AGREEMENT.purpose
    assert facts["learners"] == 3
    assert facts["exempt_from_99_32"] is False
    assert facts["tables"]["learners"] == {"rows": 3, "columns": SNAPSHOT.table("learners").column_names}
    assert [entry.package_id for entry in record.who_received(con, "L3")] == [sealed.package_id]
    assert record.who_received(con, "L4") == []
    for path in (record.path, *record.folder.glob("members/*")):
        assert path.stat().st_mode & 0o077 == 0


def test_a_hand_over_that_was_cut_off_is_finished_by_the_next(con, tmp_path, monkeypatch):
    world = make_world(con, tmp_path)

    def crash(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("credential_pipeline.clearinghouse.census_extract.hand_over.deliver", crash)
        with pytest.raises(KeyboardInterrupt):
            send(con, world)
    record = DisclosureRecord(world.sender)
    (unfinished,) = record.unfinished()
    assert send(con, world).package_id == unfinished
    assert record.unfinished() == []
    assert [entry.state for entry in record.entries()] == ["prepared", "done"]


def test_no_package_appears_when_the_record_can_not_be_written(con, tmp_path, monkeypatch):
    world = make_world(con, tmp_path)

    def full(*_arguments):
        raise OSError(28, "canary@example.org")

    monkeypatch.setattr("credential_pipeline.foundation.storage.chain.write_atomically", full)
    refused("E_NOSPC", send, con, world)
    assert not list(world.sender.glob("outbox/*/*/manifest.json"))


def edit(line, place, change):
    lines = line.split("\n")
    lines[place] = change(lines[place])
    return "\n".join(line for line in lines if line is not None)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: edit(text, 0, lambda line: line.replace('"learners":3', '"learners":2')),
        lambda text: edit(text, 0, lambda _line: None),
        lambda text: edit(text, 1, lambda _line: None),
        lambda text: edit(text, 1, lambda line: line.replace('"done"', '"void"')),
        lambda text: text + text,
        lambda _text: "",
        lambda text: edit(text, 1, lambda _line: "[]"),
    ],
)
def test_a_changed_record_is_noticed_and_stops_the_next_hand_over(con, tmp_path, change):
    world = make_world(con, tmp_path)
    send(con, world)
    record = DisclosureRecord(world.sender)
    changed = change(record.path.read_text())
    assert changed != record.path.read_text()
    record.path.write_text(changed)
    refused("E_LEDGER_BROKEN", record.entries)
    refused("E_LEDGER_BROKEN", send, con, world)


def test_a_removed_record_or_member_list_is_noticed(con, tmp_path):
    world = make_world(con, tmp_path)
    sealed = send(con, world)
    record = DisclosureRecord(world.sender)
    (record.folder / "members" / f"{sealed.package_id}.parquet").unlink()
    refused("E_LEDGER_BROKEN", record.who_received, con, "L3")
    record.path.unlink()
    refused("E_LEDGER_BROKEN", record.entries)


def test_a_line_cut_short_by_a_crash_is_written_again(con, tmp_path):
    world = make_world(con, tmp_path)
    sealed = send(con, world)
    record = DisclosureRecord(world.sender)
    lines = record.path.read_bytes().splitlines(keepends=True)
    head = {"lines": 1, "hash": json.loads(lines[0])["hash"]}
    record.path.write_bytes(lines[0] + lines[1][:40])
    for anchor in record.chain.anchors:
        anchor.write_text(json.dumps(head))
    assert record.unfinished() == [sealed.package_id]
    record.complete(sealed.package_id, NOW)
    assert record.path.read_bytes() == b"".join(lines)


def test_void_and_done_need_a_prepared_row(con, tmp_path):
    world = make_world(con, tmp_path)
    record = DisclosureRecord(world.sender)
    refused("E_LEDGER_STATE", record.complete, "0" * 32, NOW)
    sealed = send(con, world)
    refused("E_LEDGER_STATE", record.void, sealed.package_id, NOW)
    assert record.state(sealed.package_id) == "done"
