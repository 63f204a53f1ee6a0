"""What whole percents of a rounded total tell of the whole numbers behind them.

A share is part / total in whole percent. Several shares of one total bound it together: every whole total that its
rounding allows is tried, with every whole part that gives the printed percent. Not here: what is then hidden.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.engines.disclosure.rounding import Ints

Flags = NDArray[np.bool_]

_NEVER = np.iinfo(np.int64).max // 4


def parts_allowed(totals: Ints, percent: Ints) -> tuple[Ints, Ints]:
    """The least and the largest whole part of each total that is printed as this percent; none if the first is larger.

    Halves go to the even percent: an even one owns both its ends, an odd one neither.
    """
    even = percent % 2 == 0
    below, above = (2 * percent - 1) * totals, (2 * percent + 1) * totals
    low = np.where(even, -(-below // 200), below // 200 + 1)
    high = np.where(even, above // 200, -(-above // 200) - 1)
    return np.asarray(np.maximum(low, 0), np.int64), np.asarray(np.minimum(high, totals), np.int64)


@dataclass(frozen=True, eq=False)
class Shares:
    """Printed shares, grouped by their total; one entry a share.

    Attributes:
        group: Number of its total, from 0 without a gap.
        percent: As printed.
        least: What the part is known to be at least from elsewhere; 0 if nothing is.
        most: What it is known to be at most.
    """

    group: Ints
    percent: Ints
    least: Ints
    most: Ints

    def only(self, kept: Flags) -> Self:
        """These shares, as if the others were not printed."""
        return type(self)(self.group[kept], self.percent[kept], self.least[kept], self.most[kept])


@dataclass(frozen=True, eq=False)
class Told:
    """What a reader can work out.

    Attributes:
        total_low: Least possible total, one entry a group.
        total_high: Largest possible total.
        part_low: Least possible part, one entry a share.
        part_high: Largest possible part.
        rest_low: Least that the total can be without the part.
        rest_high: Most that it can be.
        without: Width of the total's interval if this share were not printed, one entry a share.
    """

    total_low: Ints
    total_high: Ints
    part_low: Ints
    part_high: Ints
    rest_low: Ints
    rest_high: Ints
    without: Ints


def tell(shares: Shares, low: Ints, high: Ints) -> Told:
    """Work out what all shares of a total tell together.

    Args:
        shares: What is printed.
        low: Least total that its own rounding allows, one entry a group.
        high: Largest.
    """
    # How many totals each group may have, and where its first stands among those of all groups.
    totals = high - low + 1
    first_total = np.concatenate([[0], np.cumsum(totals)])
    # One row for every share and every total that its group may have.
    rows = totals[shares.group]
    first_row = np.concatenate([[0], np.cumsum(rows)])[:-1]
    share = np.repeat(np.arange(len(rows)), rows)
    step = np.arange(len(share)) - first_row[share]
    total = low[shares.group[share]] + step
    place = first_total[shares.group[share]] + step
    least, most = parts_allowed(total, shares.percent[share])
    least, most = np.maximum(least, shares.least[share]), np.minimum(most, shares.most[share])
    impossible = least > most
    objections = np.bincount(place[impossible], minlength=int(first_total[-1]))

    spots = np.repeat(low - first_total[:-1], totals) + np.arange(int(first_total[-1]))
    total_low, total_high = _ends(spots, spots, objections == 0, first_total[:-1])
    ok = objections[place] == 0
    others = objections[place] - impossible == 0
    part_low, part_high = _ends(least, most, ok, first_row)
    rest_low, rest_high = _ends(total - most, total - least, ok, first_row)
    other_low, other_high = _ends(total, total, others, first_row)
    return Told(total_low, total_high, part_low, part_high, rest_low, rest_high, other_high - other_low)


def _ends(low: Ints, high: Ints, counted: Flags, first: Ints) -> tuple[Ints, Ints]:
    """The least and the largest of the rows that count, by stretches that begin at ``first``."""
    if not len(first):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    least = np.minimum.reduceat(np.where(counted, low, _NEVER), first)
    most = np.maximum.reduceat(np.where(counted, high, -_NEVER), first)
    return np.asarray(least, np.int64), np.asarray(most, np.int64)
