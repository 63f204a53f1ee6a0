"""Bound hidden numbers that satisfy linear equations: the arithmetic of an attacker.

Shares no code with the protector, so that a mistake there cannot hide itself here. The programs of one part of the equations
differ in their goal alone: HiGHS gets the part once, and each program begins where the last one ended.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, identity, vstack
from scipy.sparse.csgraph import connected_components

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLOSE = 1e-6
_REMEMBERED = 2_000
"""How many parts are not solved again; together as large as a few releases."""


class ContradictionError(Exception):
    """The equations have no solution: something that the attacker believes is not so."""


@dataclass(frozen=True, eq=False)
class Puzzle:
    """Numbers x with ``rows @ x == right`` and ``low <= x <= high``.

    Attributes:
        rows: (equations, numbers).
        right: One entry per equation.
        low: One entry per number.
        high: One entry per number; infinite where nothing is known.
    """

    rows: csr_matrix
    right: Reals
    low: Reals
    high: Reals


def parts_of(puzzle: Puzzle) -> list[tuple[NDArray[np.int64], Puzzle]]:
    """Take out what is known exactly and split the rest into the parts that have no number in common.

    Raises:
        ContradictionError: An equation among known numbers does not hold.
    """
    known = puzzle.high - puzzle.low < CLOSE
    unknown = np.flatnonzero(~known)
    right = puzzle.right - puzzle.rows[:, np.flatnonzero(known)] @ puzzle.low[known]
    rows = csr_matrix(puzzle.rows[:, unknown])
    empty = np.diff(rows.indptr) == 0
    if (np.abs(right[empty]) > CLOSE).any():
        raise ContradictionError
    rows, right = csr_matrix(rows[np.flatnonzero(~empty)]), right[~empty]
    touched = abs(rows)
    _, label = connected_components((touched.T @ touched).tocsr(), directed=False)
    row_label = label[rows.indices[rows.indptr[:-1]]] if rows.shape[0] else np.zeros(0, int)
    out: list[tuple[NDArray[np.int64], Puzzle]] = []
    for name in np.unique(label):
        inside = np.flatnonzero(label == name)
        lines = np.flatnonzero(row_label == name)
        places = unknown[inside]
        part = Puzzle(csr_matrix(rows[lines][:, inside]), right[lines], puzzle.low[places], puzzle.high[places])
        out.append((places, part))
    return out


def bound(
    puzzle: Puzzle, targets: Flags, enough: float, floor: Reals | None = None, *, integer: bool = False
) -> tuple[Reals, Reals]:
    """Return (low, high) of every number: bounds that its targets are shown to reach.

    A target is pursued until it is settled: it can be as low as its floor (or its least) and reach ``enough``, or, if
    it has no floor, it can reach ``enough`` and has a spread of ``enough``. Bounds of an unsettled target are exact up
    to twice ``enough``. Numbers that are no targets keep what was known of them.

    Args:
        puzzle: The equations.
        targets: Which numbers to bound.
        enough: How high and how wide an interval must be to tell nothing.
        floor: How low a target must be able to be; not a number where that is not asked.
        integer: Only whole numbers count as solutions (slow; the plain bounds can only be wider).

    Raises:
        ContradictionError: There is no solution.
    """
    low, high = puzzle.low.copy(), puzzle.high.copy()
    asked = np.full(len(low), np.nan) if floor is None else floor
    for places, part in parts_of(puzzle):
        wanted = np.flatnonzero(targets[places])
        if len(wanted) and part.rows.shape[0]:
            answer = _answer(_Question.of(part, wanted, enough, asked[places], integer=integer))
            low[places[wanted]], high[places[wanted]] = answer
    return low, high


@dataclass(frozen=True)
class _Question:
    """What is asked of one part. Equal if all numbers are: little changes from one attack to the next, and the rest is known."""

    digest: bytes
    part: Puzzle = field(compare=False)
    wanted: NDArray[np.int64] = field(compare=False)
    enough: float = field(compare=False)
    floor: Reals = field(compare=False)
    integer: bool = field(compare=False)

    @classmethod
    def of(cls, part: Puzzle, wanted: NDArray[np.int64], enough: float, floor: Reals, *, integer: bool) -> "_Question":
        digest = hashlib.sha256(f"{part.rows.shape} {enough} {integer}".encode())
        rows = part.rows
        for numbers in (rows.indptr, rows.indices, rows.data, part.right, part.low, part.high, wanted, floor):
            digest.update(np.ascontiguousarray(numbers).tobytes())
        return cls(digest.digest(), part, wanted, enough, floor, integer)


@lru_cache(maxsize=_REMEMBERED)
def _answer(asked: _Question) -> tuple[Reals, Reals]:
    search = _Search(asked.part, asked.wanted, asked.enough, asked.floor, integer=asked.integer)
    search.run()
    return search.low[asked.wanted], search.high[asked.wanted]


class _Search:
    """Bounds for one part; every solution found widens the bounds of all its numbers at once."""

    def __init__(self, part: Puzzle, wanted: NDArray[np.int64], enough: float, floor: Reals, *, integer: bool) -> None:
        self.part, self.wanted, self.enough, self.floor = part, wanted, enough, floor
        self.low = np.full(len(part.low), np.inf)
        self.high = np.full(len(part.low), -np.inf)
        self._program = Program(*self._columns(), integer=integer)

    def run(self) -> None:
        """First many targets in one program, then one by one those that the common programs did not settle."""
        for move, places in ((self._sink, self._not_low), (self._lift, self._not_high)):
            left = places()
            while len(left):
                move(left)
                before, left = len(left), places()
                if len(left) == before:
                    break
        for place in self.wanted:
            if place in self._not_low():
                self._sink(np.array([place]))
            if place in self._not_high():
                self._lift(np.array([place]))

    def _goal(self) -> Reals:
        """How high a number must be shown to reach before it is left alone."""
        goal = np.where(self._deep() | ~np.isnan(self.floor), self.enough, 2 * self.enough)
        return np.asarray(np.minimum(goal, self.part.high))

    def _deep(self) -> Flags:
        """Which numbers are as low as they could be, or as is asked."""
        return np.asarray((self.low <= self.part.low + CLOSE) | (self.low <= self.floor + CLOSE))

    def _wide(self) -> Flags:
        """Which numbers need no further look although their least is not known."""
        spread = (self.high >= self.enough) & (self.high - self.low >= self.enough)
        return np.asarray(np.isnan(self.floor) & spread)

    def _not_low(self) -> NDArray[np.int64]:
        return self.wanted[~(self._deep() | self._wide())[self.wanted]]

    def _not_high(self) -> NDArray[np.int64]:
        return self.wanted[~((self.high >= self._goal() - CLOSE) | self._wide())[self.wanted]]

    def _columns(self) -> tuple[csr_matrix, Reals, Reals, Reals, Reals]:
        """The equations, and for every target a number that it must reach: below it, and at most its goal."""
        size, more = len(self.part.low), len(self.wanted)
        chosen = csr_matrix((np.ones(more), (np.arange(more), self.wanted)), shape=(more, size))
        equations = hstack([self.part.rows, csr_matrix((self.part.rows.shape[0], more))])
        rows = csr_matrix(vstack([equations, hstack([-chosen, identity(more)])]))
        below = np.concatenate([self.part.right, np.full(more, -np.inf)])
        above = np.concatenate([self.part.right, np.zeros(more)])
        low, high = (np.concatenate([bound, np.zeros(more)]) for bound in (self.part.low, self.part.high))
        return rows, below, above, low, high

    def _sink(self, places: NDArray[np.int64]) -> None:
        """Make the numbers at these places as small as they can be together."""
        cost = np.zeros(len(self.low) + len(self.wanted))
        cost[places] = 1.0
        self._solve(cost, np.zeros(len(self.wanted)))

    def _lift(self, places: NDArray[np.int64]) -> None:
        """Bring as many of these numbers as possible to their goals: each is worth what it has of its goal."""
        lifted = np.isin(self.wanted, places)
        cost = np.concatenate([np.zeros(len(self.low)), np.where(lifted, -1.0, 0.0)])
        self._solve(cost, np.where(lifted, self._goal()[self.wanted], 0.0))

    def _solve(self, cost: Reals, goals: Reals) -> None:
        """Minimise; note the solution as something that the numbers can be."""
        numbers = self._program.least(cost, np.zeros(len(goals)), goals)
        if numbers is None:
            raise ContradictionError
        self.low = np.minimum(self.low, numbers[: len(self.low)])
        self.high = np.maximum(self.high, numbers[: len(self.low)])


class Program:
    """A linear program whose costs, and bounds of whose last numbers, change from one solution to the next."""

    def __init__(
        self, rows: csr_matrix, below: Reals, above: Reals, low: Reals, high: Reals, *, integer: bool = False
    ) -> None:
        """Load it.

        Args:
            rows: (equations, numbers).
            below: What each row is at least.
            above: What each row is at most.
            low: What each number is at least.
            high: What each number is at most.
            integer: Only whole numbers count.
        """
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(rows.shape[1]), low, high
        model.row_lower_, model.row_upper_ = below, above
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
        if integer:
            model.integrality_ = [highspy.HighsVarType.kInteger] * rows.shape[1]
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)  # noqa: FBT003
        self._solver.setOptionValue("threads", 1)
        self._solver.passModel(model)
        self._size = rows.shape[1]

    def least(self, cost: Reals, low: Reals, high: Reals) -> Reals | None:
        """The numbers that cost least; None if there are none.

        Args:
            cost: Of every number.
            low: Bounds of the last numbers, as many as there are entries.
            high: Bounds of the last numbers.
        """
        every = np.arange(self._size, dtype=np.int32)
        self._solver.changeColsCost(self._size, every, cost)
        if len(low):
            self._solver.changeColsBounds(len(low), every[-len(low) :], low, high)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._solver.getSolution().col_value)

    @property
    def stops(self) -> Reals:
        """What one more of each number would change of the last cost: not 0 where its bounds kept that from being less."""
        dual: Reals = np.asarray(self._solver.getSolution().col_dual)
        return np.abs(dual)
