"""Narrow numbers that satisfy linear equations by what each equation alone allows, again and again.

Cheap where a program for every number would be dear: it settles most of what an attacker asks, and what it finds is never
wrong, only sometimes wider than what all equations together tell (attack_bounds.py finds that).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError, Flags, Reals

UNKNOWN = 1e7
"""Stands for no upper bound: more people than any count has, and small enough to be added up exactly."""
CLOSE = 1e-4
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Entries:
    """The entries of a matrix in the order of its columns, so that each column is one stretch.

    Attributes:
        row: Row of each entry.
        column: Column of each entry.
        factor: The entry.
        start: Where each column with entries begins.
        filled: The columns with entries.
        rows: How many rows there are.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    factor: Reals
    start: NDArray[np.int64]
    filled: NDArray[np.int64]
    rows: int


def entries(rows: csr_matrix) -> Entries:
    """Sort the entries of a matrix by column."""
    by_column = csc_matrix(rows)
    sizes = np.diff(by_column.indptr)
    filled = np.flatnonzero(sizes)
    column = np.repeat(np.arange(rows.shape[1]), sizes)
    return Entries(
        by_column.indices.astype(np.int64), column, by_column.data, by_column.indptr[filled], filled, rows.shape[0]
    )


def propagate(rows: Entries, right: Reals, low: Reals, high: Reals, whole: Flags) -> tuple[Reals, Reals]:
    """Return bounds that every solution of ``rows @ x == right`` within ``low`` and ``high`` keeps.

    Args:
        rows: The equations.
        right: One entry per equation.
        low: One entry per number.
        high: One entry per number; infinite where nothing is known.
        whole: Which numbers are whole.

    Raises:
        ContradictionError: There is no solution.
    """
    low, high = low.astype(float), np.minimum(high, UNKNOWN)
    for _ in range(_ROUNDS):
        least, most = _implied(rows, right, low, high)
        least[whole], most[whole] = np.ceil(least[whole] - CLOSE), np.floor(most[whole] + CLOSE)
        least, most = np.maximum(low, least), np.minimum(high, most)
        if (least > most + CLOSE).any():
            raise ContradictionError
        moved = (least > low + CLOSE) | (most < high - CLOSE)
        low, high = least, np.maximum(most, least)
        if not moved.any():
            break
    return low, np.where(high >= UNKNOWN / 2, np.inf, high)


def _implied(rows: Entries, right: Reals, low: Reals, high: Reals) -> tuple[Reals, Reals]:
    """What each equation leaves to each of its numbers, the others being where they help most."""
    up = rows.factor > 0
    small = rows.factor * np.where(up, low[rows.column], high[rows.column])
    large = rows.factor * np.where(up, high[rows.column], low[rows.column])
    least_sum = np.bincount(rows.row, small, rows.rows)
    most_sum = np.bincount(rows.row, large, rows.rows)
    ceiling = (right[rows.row] - (least_sum[rows.row] - small)) / rows.factor
    floor = (right[rows.row] - (most_sum[rows.row] - large)) / rows.factor
    floor, ceiling = np.where(up, floor, ceiling), np.where(up, ceiling, floor)
    least, most = np.full(len(low), -np.inf), np.full(len(low), np.inf)
    if len(rows.start):
        least[rows.filled] = np.maximum.reduceat(floor, rows.start)
        most[rows.filled] = np.minimum.reduceat(ceiling, rows.start)
    return least, most
