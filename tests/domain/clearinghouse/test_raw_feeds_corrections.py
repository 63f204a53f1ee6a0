"""Rows that come again under a known record id: what corrects what, and which of two versions is the later one.

Not here: files that take the place of other files (test_raw_feeds_deliveries.py), what the sender says of the order
(test_raw_feeds_announced.py).
"""

import json
import os
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.clearinghouse.raw_feeds.waiting import explain_missing
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.deliveries_world import (
    FIX,
    OLD,
    RIGHT,
    TODAY,
    WRONG,
    Board,
    registry_of,
    row,
    rows,
    text,
)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.mark.parametrize("names", [("m_2014.csv", "z_fix.csv"), ("m_2014.csv", "a_fix.csv")])
def test_a_later_delivery_corrects_whatever_its_name(board: Board, names: tuple[str, str]) -> None:
    board.put(names[0], OLD)
    assert board.look().births == WRONG
    board.put(names[1], FIX)
    found = board.look()
    assert found.births == RIGHT
    assert found.counts == {names[0]: (3, 0, 0, 3), names[1]: (3, 3, 0, 0)}
    assert (names[0], "CORRECTED") in found.notices


@pytest.mark.parametrize("order", [("a.csv", "b.csv"), ("b.csv", "a.csv")])
def test_of_files_that_come_together_the_younger_file_is_the_later(board: Board, order: tuple[str, str]) -> None:
    board.put(order[0], OLD, seconds=-60)
    board.put(order[1], FIX)
    assert board.look().births == RIGHT


def test_two_versions_that_come_at_once_are_both_set_aside(board: Board) -> None:
    board.put("a.csv", text([*rows(range(3), born="09/09/1999"), row(7)]))
    board.put("z.csv", text([*rows(range(3)), row(8)]), seconds=1)
    found = board.look()
    assert set(found.births) == {"R7", "R8"}
    assert {code for _, _, code in found.reasons} == {"RECORD_ID_CONFLICT"}
    assert len(found.reasons) == 6


@pytest.mark.parametrize("how", ["beside one", "beside both", "yaml", "time"])
def test_whoever_says_which_of_two_versions_is_later_gets_the_rows_in(board: Board, how: str) -> None:
    board.put("exams_2014.csv", text([*rows(range(3), born="09/09/1999"), row(7)]))
    board.put("exams_2013.csv", text([*rows(range(3)), row(8)]))
    board.put("exams_2012.csv", text([row(9)]))
    if how != "time":
        found = board.look()
        assert len(found.reasons) == 6
        assert found.asides["exams_2013.csv"] == found.asides["exams_2014.csv"] == (("RECORD_ID_CONFLICT", 3),)
        receipts = [json.loads(one.read_text()) for one in (board.home / "receipts").rglob("*.json")]
        told = " ".join(aside["what_to_do"] for one in receipts for aside in one["set_aside"])
        assert all(word in told for word in ("sequence: 2", ".delivery.yml", "deliveries.sequence"))
    later = WRONG
    if how == "yaml":
        board.changes["deliveries"] = {"sequence": r"_(\d+)\.csv"}
    elif how == "time":
        board.put("exams_2014.csv", text([*rows(range(3), born="09/09/1999"), row(7)]), seconds=60)
    else:
        (board.folder / "exams_2013.csv.delivery.yml").write_text("sequence: 2\n")
        if how == "beside both":
            (board.folder / "exams_2014.csv.delivery.yml").write_text("sequence: 1\n")
        later = RIGHT
    found = board.look()
    assert found.reasons == []
    assert {key: found.births[key] for key in RIGHT} == later
    assert len(found.births) == 6


def test_a_gate_that_stays_shut_for_a_conflict_says_what_to_do(tmp_path: Path) -> None:
    with connect(threads=1) as con:
        con.execute("CREATE SCHEMA raw_feeds")
        for table in SNAPSHOT:
            columns = ", ".join(f'"{name}" {kind}' for name, kind in table.schema.items())
            con.execute(f"CREATE TABLE raw_feeds.{table.name} ({columns})")
        board = tmp_path / "inbox" / "mining" / "acme"
        board.mkdir(parents=True)
        for name, content in (("a.csv", OLD), ("b.csv", text([*rows(range(3)), row(9)]))):
            (board / name).write_text(content)
            os.utime(board / name, (10**9, 10**9))
        read_feeds(con, tmp_path / "inbox", "mining", registry_of(tmp_path / "registry"), today=TODAY)
        told = explain_missing(con, "mining")
        assert told.startswith("acme: 6 rows are set aside: Two files that came together")
        assert "`sequence: 2` into <file>.delivery.yml" in told
        con.execute("DELETE FROM raw_feeds.quarantine")
        assert explain_missing(con, "mining") == ""


def test_a_conflict_leaves_the_version_before_it_in_force(board: Board) -> None:
    board.put("first.csv", OLD)
    board.look()
    board.put("a.csv", text([row(0), row(7)]))
    board.put("z.csv", text([row(0, born="03/03/1980"), row(8)]))
    found = board.look()
    assert found.births["R0"] == "09/09/1999"
    board.put("later.csv", text([row(0, born="04/04/1980")]))
    found = board.look()
    assert found.births["R0"] == "04/04/1980"
    assert found.reasons == []


def test_a_record_id_of_somebody_else_is_no_correction(board: Board) -> None:
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, first="Zoe", last="Quill", born="02/02/1990"), row(5)]))
    found = board.look()
    assert found.births == {"R0": row(0).split(",")[3], "R5": row(5).split(",")[3]}
    assert found.reasons == [("b.csv", 2, "RECORD_ID_REUSED")]


@pytest.mark.parametrize(
    "changes",
    [
        {"last": "Newname"},
        {"first": "Anne", "born": "01/02/1961"},
        {"first": "Adams", "last": "Ann", "born": "01/02/1961"},
        {"code": "X2"},
        {"day": "05/05/2017"},
        {"born": ""},
    ],
    ids=str,
)
def test_what_a_correction_may_put_right(board: Board, changes: dict[str, str]) -> None:
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, **changes), row(5)]))
    found = board.look()
    assert found.counts == {"a.csv": (1, 0, 0, 1), "b.csv": (2, 2, 0, 0)}


def test_another_event_under_a_known_id_is_no_correction(board: Board) -> None:
    """A certifier that puts the person's id into the record id would lose all but the last credential of each."""
    board.put("a.csv", text([row(0)]))
    board.look()
    board.put("b.csv", text([row(0, code="X2", day="05/05/2019"), row(5)]))
    assert board.look().reasons == [("b.csv", 2, "RECORD_ID_REUSED")]


@pytest.mark.parametrize("again", [FIX, FIX.replace("\n", "\r\n")])
def test_the_right_file_put_back_is_the_latest_again(board: Board, again: str) -> None:
    board.put("a.csv", FIX)
    assert board.look().births == RIGHT
    board.put("a.csv", OLD)
    assert board.look().births == WRONG
    board.put("a.csv", again)
    assert board.look().births == RIGHT
    assert board.look().births == RIGHT
