"""Bound the counts of a book: first what each equation and each total alone allow, then all of it together.

The order is that of the price. Most counts are settled by passing bounds along equations and by trying whole totals;
programs over all equations at once are for what could be narrowed too far and has not been shown to be.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_release.attack.book import Book
from credential_pipeline.engines.disclosure.attack_bounds import (
    ContradictionError,
    Flags,
    Program,
    Puzzle,
    Reals,
    bound,
)
from credential_pipeline.engines.disclosure.attack_propagate import Entries, entries, propagate
from credential_pipeline.engines.disclosure.attack_whole import Places, Shares, enumerate_totals

_PASSES = 8
_STOPS = 1e-7


@dataclass(frozen=True, eq=False)
class System:
    """A book as numbers and equations; tied counts are one number, and shares have two numbers more for their slack.

    Attributes:
        place: Number of each count.
        size: How many numbers are counts.
        rows: Equations whose right sides are 0.
        sorted_rows: The same, for passing bounds.
        shares: The shown shares.
        threes: Total, part and rest of every share, shown or not.
        low: What cells tell of each number.
        high: What cells tell of each number.
    """

    place: Places
    size: int
    rows: csr_matrix
    sorted_rows: Entries
    shares: Shares
    threes: Places
    low: Reals
    high: Reals

    @property
    def whole(self) -> Flags:
        """Which numbers are whole: all counts, no slack."""
        return np.arange(len(self.low)) < self.size

    @cached_property
    def program(self) -> Program:
        """A program over all equations; it is large, and one goal after the other is asked of it."""
        right = np.zeros(self.rows.shape[0])
        return Program(self.rows, right, right, self.low, self.high)


def system_of(book: Book, *, ties: bool = True) -> System:
    """Write a book as a system.

    Args:
        book: The counts and equations.
        ties: Take what looks alike for the same.
    """
    place = book.classes if ties else np.arange(len(book.counts))
    size = int(place.max()) + 1 if len(place) else 0
    kept = book.sightings
    low, high = np.zeros(size), np.full(size, np.inf)
    where = place[kept["count"].to_numpy(int)]
    np.maximum.at(low, where, kept["low"].to_numpy(float))
    np.minimum.at(high, where, kept["high"].to_numpy(float))
    threes = place[book.shares[["n", "part", "rest"]].to_numpy(int)].reshape(-1, 3)
    lines = [tuple(three) for three in np.unique(threes, axis=0).tolist()]
    lines += [(place[total], *place[parts]) for total, parts in book.sums]
    complete = [(total, parts) for total, parts in book.sums if book.leftover.isdisjoint(parts)]
    shown = _shown(book.shares, place, {(total, part) for total, parts in complete for part in parts})
    rows = _rows(sorted(set(lines)), shown, size)
    extra = rows.shape[1] - size
    low, high = np.concatenate([low, np.zeros(extra)]), np.concatenate([high, np.full(extra, np.inf)])
    return System(place, size, rows, entries(rows), shown, threes, low, high)


def _shown(shares: pd.DataFrame, place: Places, adds: set[tuple[int, int]]) -> Shares:
    """The shares that are printed; a split is complete if it adds up to its total and all that is known of it is printed."""
    pairs = zip(shares["n"], shares["part"], strict=True)
    whole = np.array([pair in adds for pair in pairs], bool) & shares["split"].to_numpy(bool)
    definition = shares["definition"].where(shares["measure"] == "setting_share", "")
    named = shares.assign(definition=definition).groupby(["file", "measure", "definition", "n"])
    split = np.array(named.ngroup(), np.int64)
    hidden = shares["share"].isna().to_numpy()
    split[~whole | np.isin(split, split[hidden])] = -1
    n, part, rest = (place[shares[role].to_numpy(int)] for role in ("n", "part", "rest"))
    told = Shares(n, part, rest, shares["share"].to_numpy(float), shares["half"].to_numpy(float), split)
    return told.only(~hidden)


def _rows(lines: list[tuple[int, ...]], shown: Shares, size: int) -> csr_matrix:
    """Equations first, then two a share: part - (value - half) n and (value + half) n - part are slacks above 0."""
    lengths = [len(line) for line in lines]
    row = np.repeat(np.arange(len(lines)), lengths)
    column = np.array([name for line in lines for name in line], np.int64)
    entry = np.array([sign for length in lengths for sign in (1.0, *[-1.0] * (length - 1))])
    more, many = len(shown.total), len(lines)
    slack = np.arange(2 * more)
    sides = [
        (many + slack[:more], shown.part, np.ones(more)),
        (many + slack[:more], shown.total, -np.maximum(shown.value - shown.half, 0)),
        (many + slack[more:], shown.part, -np.ones(more)),
        (many + slack[more:], shown.total, np.minimum(shown.value + shown.half, 1)),
        (many + slack, size + slack, -np.ones(2 * more)),
    ]
    row = np.concatenate([row, *(side[0] for side in sides)]).astype(np.int64)
    column = np.concatenate([column, *(side[1] for side in sides)]).astype(np.int64)
    entry = np.concatenate([entry, *(side[2] for side in sides)])
    matrix = csr_matrix((entry, (row, column)), shape=(many + 2 * more, size + 2 * more))
    matrix.eliminate_zeros()
    return matrix


def narrow(system: System, low: Reals, high: Reals) -> tuple[Reals, Reals]:
    """Pass bounds along equations and try whole totals until neither tells more.

    Args:
        system: The equations.
        low: What is known of each number.
        high: What is known of each number.

    Raises:
        ContradictionError: Something that was believed is not so.
    """
    right = np.zeros(system.rows.shape[0])
    if (low > high).any():
        raise ContradictionError
    for _ in range(_PASSES):
        low, high = propagate(system.sorted_rows, right, low, high, system.whole)
        before = float((high - low)[np.isfinite(high)].sum())
        low, high = enumerate_totals(system.shares, low, high)
        if float((high - low)[np.isfinite(high)].sum()) == before:
            break
    return low, high


def widen(
    system: System, bounds: tuple[Reals, Reals], targets: NDArray[np.int64], enough: float, floor: Reals
) -> tuple[Reals, Reals]:
    """Bound the targets by all equations together.

    Args:
        system: The equations.
        bounds: What passing bounds has left.
        targets: Numbers to bound.
        enough: How high an interval must reach, see :func:`~credential_pipeline.engines.disclosure.attack_bounds.bound`.
        floor: How low each target must be able to be; not a number where that is not asked.

    Returns:
        Bounds of all numbers; those of the targets are as wide as solutions were found to make them.
    """
    low, high = bounds
    wanted, asked = np.zeros(len(low), bool), np.full(len(low), np.nan)
    wanted[targets], asked[targets] = True, floor
    puzzle = Puzzle(system.rows, np.zeros(system.rows.shape[0]), low, high)
    least, most = bound(puzzle, wanted, enough, asked)
    least = np.where(wanted, np.maximum(low, np.ceil(least - 1e-4)), low)
    most = np.where(wanted, np.minimum(high, np.floor(most + 1e-4)), high)
    return least, most


def bind(system: System, low: Reals, high: Reals, place: int, *, upward: bool) -> tuple[float, list[int]]:
    """How far a number can go, and which bounds keep it from going farther.

    Args:
        system: The equations.
        low: What is told of each number.
        high: What is told of each number.
        place: The number.
        upward: Look for its largest value, else for its least.

    Returns:
        The value, infinite if nothing stops it, and the numbers whose bounds stop it.
    """
    cost = np.zeros(len(low))
    cost[place] = -1.0 if upward else 1.0
    found = system.program.least(cost, low, high)
    if found is None:
        return (np.inf if upward else -np.inf), []
    stops = system.program.stops > _STOPS
    stops[place] = False
    return float(found[place]), np.flatnonzero(stops).tolist()


__all__ = ["ContradictionError", "System", "bind", "narrow", "system_of", "widen"]
