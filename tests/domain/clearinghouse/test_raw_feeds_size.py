"""Which sizes of deliveries are usual: what senders of many habits send goes on, and what was cut or copied waits."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED
from credential_pipeline.clearinghouse.raw_feeds.hold_size import Past, Sent, unusual
from credential_pipeline.clearinghouse.raw_feeds.measures import Measure, RecordIds
from tests.domain.clearinghouse.deliveries_world import Board, rows, text

MONTH = 2_630_000
Months = Sequence[Sequence[int]]
"""What came each month: sizes of its files; a correction, of known rows, as a negative number."""


@dataclass(frozen=True)
class _Known(RecordIds):
    """Knows which deliveries repeat rows, without a look at rows."""

    corrections: frozenset[int]

    def known(self, number: int, others: Collection[int]) -> float:
        return float(number in self.corrections)


def held(months: Months, each: int = MONTH) -> Iterator[tuple[int, int, str]]:
    """Month, size and code of each delivery that waits; each is released before the next month."""
    files = [(month, size) for month, sizes in enumerate(months) for size in sizes]
    ids = _Known(None, None, frozenset(n for n, (_, size) in enumerate(files) if size < 0))  # type: ignore[arg-type]
    sent = [Sent(n, abs(size), (month,), month * each) for n, (month, size) in enumerate(files)]
    for number, (month, size) in enumerate(files):
        before = [one for one in sent if one.time < (month,)]
        past = Past(before, month * each, [one.number for one in before])
        for hold in unusual(number, Measure(rows=abs(size)), past, ids):
            yield month, size, hold.code


def codes(months: Months) -> list[tuple[int, int, str]]:
    return list(held(months))


def alone(*sizes: int) -> list[list[int]]:
    return [[size] for size in sizes]


FEW, MANY = "TOO_FEW_ROWS", "TOO_MANY_ROWS"
CORRECTED = [[600], *[[-8]] * 11]
HABITS = {
    "a full history, then months": (alone(2000, *[100] * 12), []),
    "a pilot, a full history, then months": (alone(20, 1000, *[100] * 12), []),
    "growth of a third a month": (alone(*(round(50 * 1.3**month) for month in range(14))), []),
    "a tenth fewer each month": (alone(*(round(400 * 0.9**month) for month in range(14))), []),
    "years with corrections between": (CORRECTED * 3, []),
    "a large and a small file a month": ([[500, 40]] * 9, []),
    "a large and a small file in turn": (alone(*[500, 40] * 9), []),
    "a sender of few": (alone(20, 14, 25, 17, 30, 12, 22, 10, 27, 15, 19, 24), []),
    "a sender of very few": (alone(3, 2, 4, 1, 5, 2, 1, 4, 3, 1, 6), []),
    "weeks of days": (alone(*[100, 95, 105, 98, 102, 12, 5] * 4)[2:], [(3, 12, FEW), (4, 5, FEW)]),
    "months without events": (alone(100, 90, 110, 0, 0, 0, 0, 95, 105), []),
    # One question each, and the answer holds for what comes after.
    "four years of history, then months": ([[900, 1000, 1100, 1200], *alone(*[100] * 9)], [(1, 100, FEW)]),
    "three years of history, then two files a month": (
        [[900, 1000, 1100], *[[100, 9]] * 9],
        [(1, 100, FEW), (1, 9, FEW)],
    ),
    "a peak each January": (alone(*[100] * 6, *[400, *[100] * 11] * 3), [(6, 400, MANY)]),
    "a low each July": (alone(*[100] * 6, *[40, *[100] * 11] * 3), [(6, 40, FEW)]),
    "five times as many from now on": (alone(*[100] * 5, *[500] * 6), [(5, 500, MANY)]),
    "half as many from now on": (alone(*[100] * 5, *[50] * 6), [(5, 50, FEW)]),
    # What a gate is for.
    "the half of a file": (alone(100, 95, 105, 110, 98, 102, 50), [(6, 50, FEW)]),
    "the half of the large of two files": ([*[[500, 40]] * 5, [250, 40]], [(5, 250, FEW)]),
    "the half of the small of two files": ([*[[500, 40]] * 5, [500, 20]], [(5, 20, FEW)]),
    "the half of a year after corrections": ([*CORRECTED * 2, [300]], [(24, 300, FEW)]),
    "the half of a year with a correction as large": (
        alone(600, -8, 610, -8, 590, -310, 300),
        [(6, 300, FEW)],
    ),
    "the half of a month after a peak": (alone(*[400, *[100] * 11] * 2, 50)[6:], [(6, 400, MANY), (18, 50, FEW)]),
    "the half of a month after history and months": ([[2000], *alone(*[100] * 8, 50)], [(9, 50, FEW)]),
    "four times a file": (alone(*[100] * 6, 400), [(6, 400, MANY)]),
    "all files of a year in one": (alone(*[100] * 12, 1300), [(12, 1300, MANY)]),
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_a_sender_does_as_ever_goes_on_and_what_is_cut_or_copied_waits(habit: str) -> None:
    months, expected = HABITS[habit]
    assert codes(months) == expected


def test_a_size_between_two_usual_ones_is_told_with_both() -> None:
    past = Past([Sent(n, size, (n // 2,), 0) for n, size in enumerate([500, 40, 480, 45, 510, 38])])
    ids = _Known(None, None, frozenset())  # type: ignore[arg-type]
    (hold,) = unusual(9, Measure(rows=250), past, ids)
    assert hold.detail == "250 rows, where 45 and 480 are usual, by 6 deliveries"


def test_a_release_settles_what_comes_after_it(board: Board) -> None:
    """Four files of a history, then months: the first month is asked about, the others are like it."""
    for year in range(4):
        board.put(f"year{year}.csv", text(rows(range(100 * year, 100 * year + 100))))
    board.look()
    sha256 = board.put("may.csv", text(rows(range(1000, 1020))))
    found = board.look()
    assert found.states["may.csv"] == "held TOO_FEW_ROWS"
    assert found.details["may.csv"] == "20 rows, where 100 are usual, by 4 deliveries"
    board.put("june.csv", text(rows(range(2000, 2022))))
    assert board.look().states["june.csv"] == "held TOO_FEW_ROWS"
    board.decide(RELEASED, sha256)
    found = board.look()
    assert found.states["may.csv"] == found.states["june.csv"] == "accepted"
    board.put("july.csv", text(rows(range(3000, 3010))))
    assert board.look().states["july.csv"] == "held TOO_FEW_ROWS", "half of what is usual now"


def test_corrections_say_nothing_of_what_is_usual(board: Board) -> None:
    """A file and many small corrections of it: the next file is as large as the first, and half of it is not."""
    board.put("y1.csv", text(rows(range(60))))
    board.look()
    for month in range(8):
        board.put(f"fix{month}.csv", text(rows(range(5), born=f"01/{month + 1:02}/1970")))
        assert board.look().states[f"fix{month}.csv"] == "accepted"
    board.put("y2.csv", text(rows(range(1000, 1060))))
    assert board.look().states["y2.csv"] == "accepted"
    board.put("y3.csv", text(rows(range(2000, 2030))))
    found = board.look()
    assert found.states["y3.csv"] == "held TOO_FEW_ROWS"
    assert "where 60 are usual" in found.details["y3.csv"]


def test_rows_that_stand_twice_in_a_file_count_once(board: Board) -> None:
    for month in range(4):
        board.put(f"{month}.csv", text(rows(range(50 * month, 50 * month + 50))))
        board.look()
    board.put("twice.csv", text([*rows(range(500, 550)), *rows(range(500, 550))]))
    found = board.look()
    assert found.counts["twice.csv"] == (100, 50, 0, 50)


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)
