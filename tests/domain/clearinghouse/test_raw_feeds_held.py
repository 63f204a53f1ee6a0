"""Deliveries that wait for a person or for their end: growing, cut, of an unusual size, with unreadable rows."""

from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds import arrivals
from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED
from tests.domain.clearinghouse.deliveries_world import FIX, HEADER, RIGHT, Board, row, rows, text


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_a_file_that_grows_while_it_is_read_waits_and_is_no_fact(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    read = arrivals.read_delivery

    def slowly(inbox, industry, certifier, name, max_megabytes):
        delivery = read(inbox, industry, certifier, name, max_megabytes)
        with (board.folder / name).open("a") as file:
            file.write(row(9) + "\n")
        return delivery

    board.put("m.csv", FIX)
    monkeypatch.setattr(arrivals, "read_delivery", slowly)
    assert board.look().states == {"m.csv": "held STILL_GROWING"}
    monkeypatch.undo()
    assert board.look().states == {"m.csv": "accepted"}


def test_a_cut_file_waits_until_it_is_whole_or_released(board: Board) -> None:
    board.put("m.csv", FIX)
    cut = board.put("n.csv", text(rows(range(5, 9))).strip())
    found = board.look()
    assert found.states == {"m.csv": "accepted", "n.csv": "held NOT_ENDED"}
    assert {code for _, _, code in found.reasons} == {"NOT_ENDED"}
    board.decide(RELEASED, cut)
    found = board.look()
    assert len(found.births) == 7
    assert ("n.csv", "RELEASED") in found.notices


def test_a_held_file_that_comes_again_whole_waits_no_longer(board: Board) -> None:
    board.put("m.csv", FIX.strip())
    board.look()
    board.put("again.csv", FIX)
    assert board.look().states == {"m.csv": "replaced REPLACED", "again.csv": "accepted"}


def months(board: Board, number: int, size: int = 100) -> None:
    for month in range(number):
        board.put(f"{month}.csv", text(rows(range(month * size, (month + 1) * size))))
        board.look()


@pytest.mark.parametrize(
    ("size", "state"),
    [(79, "held TOO_FEW_ROWS"), (80, "accepted"), (300, "accepted"), (301, "held TOO_MANY_ROWS")],
)
def test_a_delivery_of_an_unusual_size_waits(board: Board, size: int, state: str) -> None:
    months(board, 3)
    sha256 = board.put("new.csv", text(rows(range(1000, 1000 + size))))
    found = board.look()
    assert found.states["new.csv"] == state
    if state != "accepted":
        assert f"{size} rows, where 100 are usual" in found.details["new.csv"]
        board.decide(RELEASED, sha256)
        assert len(board.look().births) == 300 + size


def test_first_loads_and_corrections_have_no_usual_size(board: Board) -> None:
    for month, size in enumerate((10, 100, 1000)):
        board.put(f"{month}.csv", text(rows(range(month * 2000, month * 2000 + size))))
    assert set(board.look().states.values()) == {"accepted"}
    board.put("fix.csv", text(rows(range(5), born="01/01/1970")))
    assert board.look().states["fix.csv"] == "accepted"


def test_held_deliveries_are_no_measure_for_others(board: Board) -> None:
    months(board, 3)
    for month in range(5):
        board.put(f"small{month}.csv", text(rows(range(2000 + 20 * month, 2020 + 20 * month))))
        assert board.look().states[f"small{month}.csv"] == "held TOO_FEW_ROWS"


def test_blocks_of_held_rows_are_heard(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("n.csv", text([row(7, block="Y"), row(8)]).strip())
    found = board.look()
    assert found.states["n.csv"] == "held NOT_ENDED"
    assert {one[2] for one in found.tables["blocked_rows"]} == {2}


def test_one_bad_file_holds_that_file_only(board: Board) -> None:
    board.put("m.csv", FIX)
    board.put("bad.csv", "Other,Header\n1,2\n")
    board.put("stamps.csv", text(rows(range(5, 9), day="05/11/2014 10:11:12")))
    found = board.look()
    assert found.births == RIGHT
    assert found.states["bad.csv"] == "refused E_HEADER"
    assert found.states["stamps.csv"] == "held ROWS_UNREADABLE"


def test_a_file_of_a_first_load_that_is_put_back_has_no_usual_size(board: Board) -> None:
    sizes = {"0.csv": 10, "1.csv": 10, "2.csv": 10, "large.csv": 100}
    whole = {name: text(rows(range(n * 1000, n * 1000 + sizes[name]))) for n, name in enumerate(sizes)}
    for name, content in whole.items():
        board.put(name, content)
    before = board.look().births
    board.put("large.csv", whole["large.csv"].replace(HEADER, HEADER.replace("First", "Forename")))
    assert board.look().states["large.csv"] == "refused E_HEADER"
    board.put("large.csv", whole["large.csv"])
    found = board.look()
    assert found.states["large.csv"] == "accepted", found.details
    assert found.births == before


def test_a_month_without_events_waits_for_nobody(board: Board) -> None:
    for month in range(4):
        board.put(f"{month}.csv", text(rows(range(30 * month, 30 * month + 30))))
        board.look()
    board.put("quiet.csv", text([]))
    assert board.look().states["quiet.csv"] == "accepted"


def test_record_ids_that_begin_anew_make_a_delivery_wait_and_the_right_one_comes_after(board: Board) -> None:
    months(board, 2, 30)
    others = [row(number + 100, id=f"R{number}") for number in range(30)]
    board.put("new.csv", text(others))
    found = board.look()
    assert found.states["new.csv"] == "held RECORD_IDS_TAKEN"
    assert "30 of 30 rows" in found.details["new.csv"]
    assert len(found.births) == 60
    board.put("new.csv", text(row(number + 100, id=f"S{number}") for number in range(30)))
    found = board.look()
    assert found.states["new.csv"] == "accepted"
    assert len(found.births) == 90


@pytest.mark.parametrize("spoiled", ["{}.0", "000{}"])
def test_known_rows_under_other_record_ids_wait(board: Board, spoiled: str) -> None:
    board.put("a.csv", text(row(number, id=str(1000 + number)) for number in range(30)))
    board.put("b.csv", text(row(number, id=str(1000 + number)) for number in range(30, 60)))
    board.look()
    sha256 = board.put("c.csv", text(row(number, id=spoiled.format(1000 + number)) for number in range(10, 40)))
    found = board.look()
    assert found.states["c.csv"] == "held ROWS_KNOWN"
    assert "30 of 30 rows" in found.details["c.csv"]
    assert len(found.births) == 60
    board.decide(RELEASED, sha256)
    assert len(board.look().births) == 90


def test_a_full_file_may_give_its_rows_other_record_ids(board: Board) -> None:
    board.changes = {"deliveries": {"replaces": "all"}}
    board.put("a.csv", text(row(number, id=str(1000 + number)) for number in range(30)))
    board.look()
    board.put("b.csv", text(row(number, id=f"N{number}") for number in range(30)))
    assert board.look().states["b.csv"] == "held ROWS_LOST", "the record ids are gone, but nothing would count twice"


def test_a_few_record_ids_of_others_are_told_one_by_one(board: Board) -> None:
    months(board, 1, 30)
    others = [row(number + 100, id=f"R{number}") for number in range(10)]
    board.put("new.csv", text([*others, *rows(range(50, 65))]))
    found = board.look()
    assert found.states["new.csv"] == "accepted"
    assert {code for _, _, code in found.reasons} == {"RECORD_ID_REUSED"}
