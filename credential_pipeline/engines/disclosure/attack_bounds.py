"""Bound hidden numbers that satisfy linear equations: the arithmetic of an attacker, with scipy alone.

Shares no code with the protector, so that a mistake there cannot hide itself here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, identity
from scipy.sparse.csgraph import connected_components

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLOSE = 1e-6


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
            search = _Search(part, wanted, enough, asked[places], integer=integer)
            search.run()
            low[places[wanted]], high[places[wanted]] = search.low[wanted], search.high[wanted]
    return low, high


class _Search:
    """Bounds for one part; every solution found widens the bounds of all its numbers at once."""

    def __init__(self, part: Puzzle, wanted: NDArray[np.int64], enough: float, floor: Reals, *, integer: bool) -> None:
        self.part, self.wanted, self.enough, self.floor, self.integer = part, wanted, enough, floor, integer
        self.low = np.full(len(part.low), np.inf)
        self.high = np.full(len(part.low), -np.inf)

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

    def _sink(self, places: NDArray[np.int64]) -> None:
        """Make the numbers at these places as small as they can be together."""
        cost = np.zeros(len(self.low))
        cost[places] = 1.0
        self._solve(cost, self.part.rows, self.part.low, self.part.high)

    def _lift(self, places: NDArray[np.int64]) -> None:
        """Bring as many of these numbers as possible to their goals: each is worth what it has of its goal."""
        size, more = len(self.low), len(places)
        chosen = csr_matrix((np.ones(more), (np.arange(more), places)), shape=(more, size))
        cost = np.concatenate([np.zeros(size), -np.ones(more)])
        rows = csr_matrix(hstack([self.part.rows, csr_matrix((self.part.rows.shape[0], more))]))
        low = np.concatenate([self.part.low, np.zeros(more)])
        high = np.concatenate([self.part.high, self._goal()[places]])
        self._solve(cost, rows, low, high, csr_matrix(hstack([-chosen, identity(more)])))

    def _solve(self, cost: Reals, rows: csr_matrix, low: Reals, high: Reals, under: csr_matrix | None = None) -> None:
        """Minimise; note the solution as something that the numbers can be."""
        found = linprog(  # type: ignore[call-overload]  # the stubs do not know that sparse matrices are taken
            cost,
            A_ub=under,
            b_ub=None if under is None else np.zeros(under.shape[0]),
            A_eq=rows,
            b_eq=self.part.right,
            bounds=np.column_stack([low, high]),
            method="highs",
            integrality=np.ones(len(cost), np.int64) if self.integer else None,
        )
        if found.status == 2 or found.x is None:  # noqa: PLR2004  2 = no solution
            raise ContradictionError
        numbers = found.x[: len(self.low)]
        self.low = np.minimum(self.low, numbers)
        self.high = np.maximum(self.high, numbers)
