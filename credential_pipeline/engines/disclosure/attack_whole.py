"""Try every whole total with every whole part that gives a printed share: what shares of one total tell together.

One share in whole percent says little of its total; nine of the same total may leave one number. Written from the side
of the attacker, who shares nothing with those that round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.engines.disclosure.attack_bounds import ContradictionError, Reals

Places = NDArray[np.int64]

LARGEST = 400
"""Totals above are told by no share in whole percent: each of them has a part for every percent."""
_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Shares:
    """Printed shares, one entry each; numbers are named by their place among all numbers.

    Attributes:
        total: The total.
        part: The part.
        rest: The total less the part.
        value: As printed, 0 to 1.
        half: Half of its last decimal.
        split: Number of the split that the part belongs to, below 0 where it belongs to none: parts of one split whose
            shares are all printed make the total.
    """

    total: Places
    part: Places
    rest: Places
    value: Reals
    half: Reals
    split: Places

    def only(self, kept: NDArray[np.bool_]) -> "Shares":
        """These shares, as if the others were not printed."""
        return Shares(*(getattr(self, name)[kept] for name in ("total", "part", "rest", "value", "half", "split")))


def parts_of_totals(shares: Shares, rows: Places, totals: Reals) -> tuple[Reals, Reals]:
    """The least and the largest whole part that gives the printed share of each total; none if the first is larger."""
    value, half = shares.value[rows], shares.half[rows]
    low = np.ceil((value - half) * totals - _CLOSE)
    high = np.floor((value + half) * totals + _CLOSE)
    return np.maximum(low, 0.0), np.minimum(high, totals)


def enumerate_totals(shares: Shares, low: Reals, high: Reals) -> tuple[Reals, Reals]:
    """Narrow totals, parts and rests to what some whole total allows in all its shares at once.

    Args:
        shares: What is printed.
        low: Bounds of all numbers.
        high: Bounds of all numbers.

    Raises:
        ContradictionError: A total has no whole number that gives all its shares.
    """
    low, high = low.copy(), high.copy()
    shares = shares.only(high[shares.total] <= LARGEST)
    if not len(shares.total):
        return low, high
    totals, group = np.unique(shares.total, return_inverse=True)
    # How many whole numbers each total may be, and where its first stands among those of all totals.
    candidates = (high[totals] - low[totals] + 1).astype(np.int64)
    first_candidate = np.concatenate([[0], np.cumsum(candidates)])
    candidate = np.repeat(low[totals] - first_candidate[:-1], candidates) + np.arange(first_candidate[-1])
    row = np.repeat(np.arange(len(group)), candidates[group])
    first_row = np.concatenate([[0], np.cumsum(candidates[group])])[:-1]
    place = first_candidate[group[row]] + np.arange(len(row)) - first_row[row]
    number = candidate[place]
    least, most = parts_of_totals(shares, row, number)
    part, rest = shares.part[row], shares.rest[row]
    least = np.maximum(least, np.maximum(low[part], number - high[rest]))
    most = np.minimum(most, np.minimum(high[part], number - low[rest]))
    bad = np.bincount(place[least > most], minlength=len(candidate)) > 0
    bad |= _unequal_splits(shares, row, place, candidate, least, most)
    fine = np.maximum.reduceat(~bad, first_candidate[:-1])
    if not fine.all():
        raise ContradictionError
    possible = ~bad[place]
    np.maximum.at(low, totals, np.minimum.reduceat(np.where(bad, np.inf, candidate), first_candidate[:-1]))
    np.minimum.at(high, totals, np.maximum.reduceat(np.where(bad, -np.inf, candidate), first_candidate[:-1]))
    for names, bottom, top in ((shares.part, least, most), (shares.rest, number - most, number - least)):
        np.maximum.at(low, names, np.minimum.reduceat(np.where(possible, bottom, np.inf), first_row))
        np.minimum.at(high, names, np.maximum.reduceat(np.where(possible, top, -np.inf), first_row))
    if (low > high).any():
        raise ContradictionError
    return low, high


def _unequal_splits(
    shares: Shares, row: Places, place: Places, candidate: Reals, least: Reals, most: Reals
) -> NDArray[np.bool_]:
    """Which candidates cannot be the sum of the parts of one of their splits."""
    bad = np.zeros(len(candidate), bool)
    inside = shares.split[row] >= 0
    if not inside.any():
        return bad
    pair = shares.split[row[inside]].astype(np.int64) * len(candidate) + place[inside]
    names, where = np.unique(pair, return_inverse=True)
    spot = names % len(candidate)
    bottom, top = np.bincount(where, least[inside]), np.bincount(where, most[inside])
    bad[spot[(bottom > candidate[spot]) | (top < candidate[spot])]] = True
    return bad
