"""Deliveries as facts: the same bytes again, files renamed, overwritten, replaced or gone, and what is no file.

Not here: corrections, what the sender announces, what is held, what is withdrawn (modules of their own).
"""

import os
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, WITHDRAWN
from credential_pipeline.clearinghouse.raw_feeds.sights import Sight, record_sights
from credential_pipeline.clearinghouse.raw_feeds.waiting import told_of_receipts
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.deliveries_world import FIX, OLD, RIGHT, WRONG, Board, hash_of, row, rows, text


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_the_same_bytes_again_change_nothing_not_even_after_a_correction(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("fix.csv", FIX)
    board.look()
    board.put("again.csv", OLD)
    found = board.look()
    assert found.births == RIGHT
    assert found.states == {"m.csv": "accepted", "fix.csv": "accepted", "again.csv": "replayed"}


def test_the_same_rows_in_other_bytes_are_a_replay(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("fix.csv", FIX)
    board.look()
    lines = OLD.splitlines()
    board.put("other.csv", "\r\n".join([lines[0], *reversed(lines[1:])]) + "\r\n")
    board.put("marked.csv", "\ufeff" + OLD)
    found = board.look()
    assert found.births == RIGHT
    assert found.states["other.csv"] == found.states["marked.csv"] == "replayed"
    assert found.counts["other.csv"] == (3, 0, 0, 3)


def test_a_copy_that_comes_first_by_name_is_still_the_copy(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    board.put("a.csv", FIX)
    assert board.look().states == {"m.csv": "accepted", "a.csv": "replayed"}


def test_of_two_equal_files_the_first_one_stays_the_original(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    board.put("a.csv", FIX)
    for _ in range(3):
        assert board.look().states == {"m.csv": "accepted", "a.csv": "replayed"}


def test_what_was_replaced_and_comes_again_under_another_name_stays_replaced(board: Board) -> None:
    board.put("m.csv", text(rows(range(40))))
    board.look()
    board.put("m.csv", text(rows(range(36))))
    board.look()
    board.put("z.csv", text(rows(range(40))))
    for _ in range(2):
        found = board.look()
        assert len(found.births) == 36
        assert found.states == {"m.csv": "accepted", "z.csv": "replaced REPLACED"}


def test_a_file_that_makes_room_for_the_next_one_of_its_name_stays_in_force(board: Board) -> None:
    """As logs are turned over: the last file is renamed, and a new one takes its name."""
    board.put("latest.csv", text(rows(range(5))))
    board.look()
    for old, new in (("month1.csv", range(5, 9)), ("a.csv", range(9, 14))):
        board.put(old, (board.folder / "latest.csv").read_bytes())
        board.put("latest.csv", text(rows(new)), seconds=5)
        for _ in range(2):
            found = board.look()
            assert len(found.births) == new.stop
            assert set(found.states.values()) == {"accepted"}


def test_a_renamed_file_is_the_same_delivery(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    board.take("m.csv")
    board.put("n.csv", FIX)
    found = board.look()
    assert found.states == {"n.csv": "accepted"}
    assert found.births == RIGHT


def test_a_vanished_file_stays_in_force_and_is_mentioned(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("n.csv", text([row(9)]))
    board.look()
    board.take("m.csv")
    for _ in range(2):
        found = board.look()
        assert set(found.births) == {*RIGHT, "R9"}
        assert found.notices == {("m.csv", "VANISHED")}
    board.take("n.csv")
    board.folder.rmdir()
    assert set(board.look().births) == {*RIGHT, "R9"}


def test_a_file_that_never_counted_and_is_gone_needs_nobody(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("bad.csv", "nonsense\n1\n")
    board.put("cut.csv", FIX.strip() + "9")
    found = board.look()
    assert found.states == {"m.csv": "accepted", "bad.csv": "refused E_HEADER", "cut.csv": "held NOT_ENDED"}
    board.take("bad.csv")
    board.take("cut.csv")
    states = board.look().states
    assert states == {"m.csv": "accepted", "bad.csv": "withdrawn REMOVED", "cut.csv": "withdrawn REMOVED"}


def test_what_counted_and_is_gone_and_cannot_be_read_any_more_is_not_passed_over(board: Board) -> None:
    sha256 = board.put("m.csv", FIX)
    board.put("n.csv", text([row(9)]))
    board.look()
    board.take("m.csv")
    (board.home / "archive" / sha256).unlink()
    assert board.look().states["m.csv"] == "refused E_UNREADABLE"


def test_an_overwritten_file_takes_the_place_of_what_it_was(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    board.put("m.csv", text([*rows(range(1, 3)), row(7)]))
    found = board.look()
    assert set(found.births) == {"R1", "R2", "R7"}
    first = f"m.csv#{hash_of(OLD)[:8]}"
    assert found.states == {first: "replaced REPLACED", "m.csv": "accepted"}
    assert found.counts[first] == (3, 0, 3, 0)
    board.put("m.csv", OLD)
    for _ in range(2):
        back = board.look()
        assert back.births == WRONG, "what lies there counts"
        assert back.states["m.csv"] == "accepted"
    board.take("m.csv")
    assert board.look().births == WRONG, "and what lay there last"


def test_a_file_that_is_written_anew_with_the_same_rows_takes_its_own_place(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    lines = FIX.splitlines()
    board.put("m.csv", "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    found = board.look()
    assert found.births == RIGHT
    assert found.states == {f"m.csv#{hash_of(FIX)[:8]}": "replaced REPLACED", "m.csv": "accepted"}
    assert found.notices == set()


def test_a_file_that_lost_rows_is_held_and_what_it_was_stays_in_force(board: Board) -> None:
    board.put("m.csv", text(rows(range(40))))
    board.look()
    shrunken = board.put("m.csv", text(rows(range(30))))
    found = board.look()
    assert len(found.births) == 40
    assert found.states["m.csv"] == "held ROWS_LOST"
    assert "40 rows with 30" in found.details["m.csv"]
    board.decide(RELEASED, shrunken)
    assert len(board.look().births) == 30


def test_a_file_with_other_rows_under_an_old_name_is_held(board: Board) -> None:
    board.put("current.csv", text(rows(range(40))))
    board.look()
    board.put("current.csv", text(rows(range(40, 80))))
    found = board.look()
    assert found.states["current.csv"] == "held ROWS_LOST"
    assert len(found.births) == 40
    board.changes = {"deliveries": {"replaces": "nothing"}}
    assert len(board.look().births) == 80


def test_full_files_take_the_place_of_all_before(board: Board) -> None:
    board.changes = {"deliveries": {"replaces": "all"}}
    board.put("jan.csv", text(rows(range(40))))
    board.look()
    board.put("feb.csv", text([*rows(range(2, 40)), *rows(range(50, 60))]))
    found = board.look()
    assert set(found.births) == {f"R{n}" for n in (*range(2, 40), *range(50, 60))}
    assert found.states == {"jan.csv": "replaced REPLACED", "feb.csv": "accepted"}
    board.put("mar.csv", text(rows(range(20))))
    found = board.look()
    assert found.states["mar.csv"] == "held ROWS_LOST"
    assert "R59" in found.births


@pytest.mark.parametrize("early", [True, False], ids=["after", "before"])
def test_a_word_beside_the_file_says_what_it_replaces(board: Board, *, early: bool) -> None:
    files = {"a.csv": text(rows(range(5))), "b.csv": text(rows(range(2, 4)))}
    for name in files if early else reversed(files):
        board.put(name, files[name])
        board.put("b.csv.delivery.yml", "replaces: a.csv\nrows: 2\n")
        found = board.look()
    assert found.states == {"a.csv": "replaced REPLACED", "b.csv": "accepted"}
    assert set(found.births) == {"R2", "R3"}


def test_what_was_replaced_by_word_stays_so_under_another_name(board: Board) -> None:
    board.put("a.csv", text(rows(range(5))))
    board.look()
    board.put("b.csv", text(rows(range(2, 4))))
    board.put("b.csv.delivery.yml", "replaces: a.csv\n")
    board.look()
    board.take("a.csv")
    board.put("z.csv", text(rows(range(5))))
    assert set(board.look().births) == {"R2", "R3"}


def test_a_word_about_a_file_that_never_came_is_told(board: Board) -> None:
    board.put("a.csv", text(rows(range(5))))
    board.put("b.csv", text(rows(range(2, 4))))
    board.put("b.csv.delivery.yml", "replaces: [aa.csv]\n")
    assert ("b.csv", "REPLACES_UNKNOWN") in board.look().notices


def test_what_was_said_is_remembered_when_the_files_are_gone(board: Board) -> None:
    board.put("a.csv", text(rows(range(5))))
    board.put("b.csv", text(rows(range(2, 4))))
    board.put("b.csv.delivery.yml", "replaces: [a.csv]\n")
    board.put("c.csv", text([row(9)]))
    first = board.look()
    board.take("b.csv")
    board.take("b.csv.delivery.yml")
    assert board.look().births == first.births


def test_a_decision_on_a_file_without_bytes_is_about_no_other_file(board: Board) -> None:
    board.put("a.csv", FIX)
    board.put("empty.csv", "")
    board.look()
    board.decide(WITHDRAWN, hash_of(b""))
    (board.folder / "out.csv").symlink_to("/etc/hostname")
    found = board.look()
    assert found.states["empty.csv"] == "refused E_EMPTY"
    assert found.states["out.csv"] == "refused E_LINK"


def test_what_is_no_file_stops_nothing_else(board: Board) -> None:
    board.put("a.csv", FIX)
    (board.folder / "self").symlink_to(board.folder)
    (board.folder / os.fsdecode(b"caf\xe9.csv")).write_bytes(FIX.encode())
    found = board.look()
    assert found.births == RIGHT
    assert found.states["self"] == "refused E_LINK"
    assert found.states["caf\\xe9.csv"] == "refused E_NAME"


def test_a_ledger_that_has_lost_deliveries_says_so(tmp_path: Path) -> None:
    receipts = tmp_path / "clearinghouse" / "receipts.jsonl"
    sights = [Sight("acme", f"{name}.csv", name * 64, 1, 0) for name in "ab"]
    with connect(threads=1) as con:
        con.execute(
            "CREATE SCHEMA raw_feeds; CREATE TABLE raw_feeds.deliveries (certifier TEXT, sha256 TEXT, state TEXT)"
        )
        for name, state in (("a", "accepted"), ("b", "accepted"), ("c", "refused")):
            con.execute("INSERT INTO raw_feeds.deliveries VALUES ('acme', ?, ?)", [name * 64, state])
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "lacks 2 of 2 deliveries that count in mining" in line
        record_sights(receipts, "mining", sights[:1])
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "lacks 1 of 2" in line
        record_sights(receipts, "mining", sights)
        assert told_of_receipts(con, receipts, "mining") == []
        receipts.write_text("{}\n" + receipts.read_text())
        (line,) = told_of_receipts(con, receipts, "mining")
        assert "line 1 of receipts.jsonl is damaged; restore it from a backup" in line
