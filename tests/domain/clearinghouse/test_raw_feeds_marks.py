"""A delivery in which nobody says "do not share", where others of the sender's hold people who do, waits for a person."""

from pathlib import Path

import pytest

from tests.domain.clearinghouse.deliveries_world import ACME, HEADER, Board, row, rows, text


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_a_delivery_that_lost_its_marks_is_held(board: Board) -> None:
    board.put("a.csv", text(row(n, block="Y" if n % 5 == 0 else "N") for n in range(100)))
    board.look()
    board.put("b.csv", text(rows(range(100, 190))))
    assert board.look().states["b.csv"] == "held BLOCK_MARKS_LOST"


@pytest.mark.parametrize(("size", "held"), [(24, False), (25, True)])
def test_a_small_delivery_without_marks_waits_where_chance_hardly_leaves_none(
    board: Board, size: int, *, held: bool
) -> None:
    """Of one in five, five are expected among 25 rows."""
    board.put("a.csv", text(row(n, block="Y" if n % 5 == 0 else "N") for n in range(100)))
    board.look()
    board.put("b.csv", text(rows(range(100, 100 + size))))
    found = board.look()
    assert ("none of 25 people, where 5 are usual" in (found.details["b.csv"] or "")) == held


def lines(first: int, rows_each: int, *, asked: bool, by_id: bool) -> list[str]:
    """25 rows, those of every fifth person marked; a person is told by names and birth date, or by the sender's id alone."""
    return [
        row(
            first + (n if by_id else n // rows_each),
            id=f"R{first + n}",
            block="Y" if asked and n // rows_each % 5 == 0 else "N",
            person=f"P{first + n // rows_each}",
        )
        for n in range(25)
    ]


@pytest.mark.parametrize("by_id", [False, True], ids=["by name", "by id"])
@pytest.mark.parametrize(("rows_each", "state"), [(1, "held BLOCK_MARKS_LOST"), (5, "accepted")])
def test_a_wish_stands_in_all_rows_of_a_person(tmp_path: Path, rows_each: int, state: str, *, by_id: bool) -> None:
    """Of 25 rows, one in five is marked; they are of 25 people, or of five people with five rows each."""
    columns = ACME["columns"] | ({"person_ref": {"from": "Person", "recipe": ["trim"]}} if by_id else {})
    board = Board(tmp_path, {"columns": columns, "ignored": [] if by_id else ["Person"]})
    board.put("a.csv", text(lines(0, rows_each, asked=True, by_id=by_id), f"{HEADER},Person"))
    board.look()
    board.put("b.csv", text(lines(100, rows_each, asked=False, by_id=by_id), f"{HEADER},Person"))
    assert board.look().states["b.csv"] == state
