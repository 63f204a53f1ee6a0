"""Withdrawn deliveries leave the counts, and nothing brings their rows back but a person."""

import gzip
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds import decide, reasons
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED, WITHDRAWN
from credential_pipeline.foundation.contracts.raw_feeds import GONE
from tests.domain.clearinghouse.deliveries_world import FIX, OLD, RIGHT, WRONG, Board, row, rows, text


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_a_withdrawn_delivery_leaves_the_counts_but_its_blocks_are_heard(board: Board) -> None:
    board.put("m.csv", FIX)
    gone = board.put("n.csv", text([row(7), row(8, block="Y")]))
    board.look()
    board.decide(WITHDRAWN, gone)
    found = board.look()
    assert set(found.births) == set(RIGHT)
    assert found.states["n.csv"] == "withdrawn WITHDRAWN"
    assert found.counts["n.csv"] == (2, 0, 2, 0)
    assert [(one[1], one[2], one[3]) for one in found.tables["blocked_rows"]] == [("n.csv", 3, "WITHDRAWN")]
    board.take("n.csv")
    assert board.look().births == found.births


def test_no_reason_for_which_a_delivery_counts_no_longer_keeps_plaintext(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reason that is added to the list is heeded where rows are set aside."""
    monkeypatch.setitem(reasons.AWAY_REASONS, "RECALLED", "The sender took it back.")
    gone = decide.Verdict(GONE, "RECALLED", "by its sender")
    monkeypatch.setattr(decide, "_absent", lambda *_: gone)
    board.put("m.csv", FIX)
    # A held delivery and a withdrawn one.
    board.put("n.csv", text([*rows(range(30, 33)), *rows(range(40, 62), day="soon")]))
    withdrawn = board.put("o.csv", text(rows(range(70, 73))))
    board.decide(WITHDRAWN, withdrawn)
    found = board.look()
    assert found.states == {"m.csv": "accepted", "n.csv": "withdrawn RECALLED", "o.csv": "withdrawn WITHDRAWN"}
    kept = [one for one in found.tables["quarantine"] if one[4] is not None or one[5] is not None]
    assert kept == []


SHUFFLED = text(reversed(rows(range(3))))
CRLF = FIX.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [("n.csv", CRLF), ("n.csv", SHUFFLED), ("n.csv.gz", gzip.compress(FIX.encode(), mtime=0)), ("m.csv", CRLF)],
    ids=["line ends", "order", "packed", "same name"],
)
def test_withdrawn_rows_that_come_in_other_bytes_wait_for_a_person(
    board: Board, name: str, content: str | bytes
) -> None:
    board.put("k.csv", text(rows(range(5, 8))))
    first = board.put("m.csv", FIX)
    assert len(board.look().births) == 6
    board.decide(WITHDRAWN, first)
    again = board.put(name, content)
    found = board.look()
    assert found.states[name] == "held ROWS_WITHDRAWN"
    assert found.details[name].startswith("the same rows as ")
    assert set(found.births) == {"R5", "R6", "R7"}
    board.decide(RELEASED, again)
    found = board.look()
    assert found.states[name] == "accepted"
    assert found.births == RIGHT | {f"R{n}": row(n).split(",")[3] for n in range(5, 8)}
    board.decide(WITHDRAWN, again)
    assert board.look().states[name] == "withdrawn WITHDRAWN"


def test_a_withdrawn_delivery_leaves_those_with_other_rows_alone(board: Board) -> None:
    sent = {
        f"{month}.csv": board.put(f"{month}.csv", text(rows(range(month * 30, month * 31 + 9)))) for month in range(4)
    }
    board.look()
    board.decide(WITHDRAWN, sent["2.csv"])
    found = board.look()
    assert found.states == {name: "withdrawn WITHDRAWN" if name == "2.csv" else "accepted" for name in sent}


def test_the_same_bytes_as_withdrawn_ones_are_a_replay_that_says_so(board: Board) -> None:
    first = board.put("m.csv", FIX)
    board.put("k.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("n.csv", FIX)
    found = board.look()
    assert found.states["n.csv"] == "replayed"
    assert found.details["n.csv"] == "the same bytes as m.csv, which is withdrawn"
    assert set(found.births) == {"R9"}


def test_a_withdrawn_copy_leaves_the_rows_that_were_there_before_it(board: Board) -> None:
    board.put("m.csv", FIX)
    board.look()
    copy = board.put("n.csv", CRLF)
    board.look()
    board.decide(WITHDRAWN, copy)
    found = board.look()
    assert found.states == {"m.csv": "accepted", "n.csv": "withdrawn WITHDRAWN"}
    assert found.births == RIGHT


def test_a_withdrawn_delivery_that_comes_mended_comes_in(board: Board) -> None:
    first = board.put("m.csv", OLD)
    board.put("k.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("n.csv", text([row(0), *rows((1, 2), born="09/09/1999")]))
    assert board.look().states["n.csv"] == "accepted"


def test_a_lower_number_does_not_bring_withdrawn_rows_back(board: Board) -> None:
    board.changes["deliveries"] = {"sequence": r"_(\d+)\.csv"}
    first = board.put("a_5.csv", FIX)
    board.put("b_6.csv", text([row(9)]))
    board.look()
    board.decide(WITHDRAWN, first)
    board.put("c_4.csv", CRLF)
    assert board.look().states["c_4.csv"] == "held ROWS_WITHDRAWN"


def test_a_withdrawn_correction_lets_the_first_version_stand(board: Board) -> None:
    board.put("m.csv", OLD)
    board.look()
    fix = board.put("m.csv", FIX)
    board.look()
    board.decide(WITHDRAWN, fix)
    assert board.look().births == WRONG
