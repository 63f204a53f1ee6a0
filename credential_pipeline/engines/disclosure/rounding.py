"""Rounding of numbers for print, and the way back: which whole numbers a printed one can stand for.

Half goes to the even neighbor everywhere, so that rounding moves sums neither up nor down. Not here: which numbers may
be printed at all, and what several of them tell together (shares.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]

_DIGITS = 4


@dataclass(frozen=True)
class Rounding:
    """How counts are rounded: by a step that grows with the count.

    Attributes:
        steps: (from, step), ascending; the first begins at 0.
        capped: From ten times the last bound on, four significant digits are kept.
    """

    steps: tuple[tuple[int, int], ...]
    capped: bool = False

    def step(self, values: Ints) -> Ints:
        """The step by which each of these counts is rounded."""
        starts = np.array([start for start, _ in self.steps])
        found = np.array([step for _, step in self.steps])[np.searchsorted(starts, values, side="right") - 1]
        if self.capped:
            digits = np.floor(np.log10(np.maximum(values, 1))).astype(np.int64) + 1
            found = np.maximum(found, 10 ** np.maximum(digits - _DIGITS, 0))
        return np.asarray(found, np.int64)

    def apply(self, values: Ints) -> Ints:
        """Round counts of zero or more."""
        step = self.step(values)
        down, left = values // step, values % step
        up = (2 * left > step) | ((2 * left == step) & (down % 2 == 1))
        return np.asarray((down + up) * step, np.int64)

    def allowed(self, printed: Ints) -> tuple[Ints, Ints]:
        """The least and the largest count that are rounded to each printed number.

        Rounding never reverses an order, so that what lies between the two is rounded to the number, too.
        """
        reach = self.step(printed)
        return self._first(printed - reach, printed, printed), self._first(
            printed, printed + reach + 1, printed + 1
        ) - 1

    def _first(self, low: Ints, high: Ints, goal: Ints) -> Ints:
        """The least count of low..high that is rounded to the goal or above; high is known to be."""
        low, high = np.maximum(low, 0), high.copy()
        while (low < high).any():
            middle = (low + high) // 2
            enough = self.apply(middle) >= goal
            low, high = np.where(enough | (low >= high), low, middle + 1), np.where(enough, middle, high)
        return np.asarray(low, np.int64)


EXACT = Rounding(((0, 1),))
#: Rule of the Census Bureau's Disclosure Review Board, as the README of larsvilhuber/drb_rounder states it; counts
#: below 15, which the rule never prints, are rounded as the next ones are.
DRB = Rounding(((0, 10), (100, 50), (1_000, 100), (10_000, 500), (100_000, 1_000)), capped=True)
#: Rule of OpenSAFELY, which never prints a count of seven or less.
NEAREST_5 = Rounding(((0, 5),))

#: By the word that a profile uses.
ROUNDINGS = {"exact": EXACT, "drb": DRB, "nearest_5": NEAREST_5}


def percents(parts: Ints, totals: Ints) -> Ints:
    """Parts of totals above 0 in whole percent."""
    doubled = 200 * parts
    down, left = doubled // (2 * totals), doubled % (2 * totals)
    up = (left > totals) | ((left == totals) & (down % 2 == 1))
    return np.asarray(down + up, np.int64)


def to_unit(values: Reals, unit: Reals) -> Reals:
    """Numbers as multiples of a unit each."""
    return np.asarray(np.rint(values / unit) * unit, np.float64)


def money_unit(values: Reals, least: float, digits: int = 3) -> Reals:
    """The unit to which dollars are rounded: at least ``least``, and so that no more than ``digits`` digits count."""
    size = np.maximum(np.abs(np.nan_to_num(values)), 1.0)
    # A step above a power of ten by rounding alone (99,960 dollars) changes neither its digits nor its unit's order.
    return np.asarray(np.maximum(least, 10.0 ** (np.floor(np.log10(size)) - (digits - 1))), np.float64)
