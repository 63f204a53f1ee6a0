"""Which shares would give a small group away: the part or the rest of a share, as a reader can bound it.

Everything is decided from what would be printed (the rounded n and the whole percents), never from the exact count
behind it. A share that is missing then says no more than that it lies where shares are hidden, and that range is itself
wide enough: it holds nobody and reaches the smallest number that may be told.

Not here: the arithmetic of intervals (``engines/disclosure/shares``), and figures other than shares.
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.engines.disclosure.rounding import Ints
from credential_pipeline.engines.disclosure.shares import Flags, Shares, parts_allowed, tell


@dataclass(frozen=True, eq=False)
class Totals:
    """The totals of shares as their rounding tells them, one entry a group.

    Attributes:
        low: Least possible.
        high: Largest possible.
    """

    low: Ints
    high: Ints


def giveaways(shares: Shares, totals: Totals, small: int, spread: int) -> Flags:
    """Which shares must not be printed.

    First go those that say too much alone, then the fewest without which the interval of their total keeps its width,
    then those that say too much beside the ones that are left.

    Args:
        shares: All shares that could be printed, in an order that settles ties.
        totals: Their totals.
        small: A count below this must not be known to be.
        spread: How wide the interval of a total must stay, if its rounding is as wide.
    """
    hidden = _tells(shares, totals, small)
    hidden |= _narrows(shares, totals, ~hidden, spread)
    while True:
        more = _small_in(shares, totals, ~hidden, small)
        if not more.any():
            return hidden
        hidden |= more


def _tells(shares: Shares, totals: Totals, small: int) -> Flags:
    """Shares that say too much by themselves, for their part or for the rest."""
    low, high = totals.low[shares.group], totals.high[shares.group]
    return _end(low, high, shares.percent, small) | _end(low, high, 100 - shares.percent, small)


def _end(low: Ints, high: Ints, percent: Ints, small: int) -> Flags:
    """Whether a percent is hidden: it tells of a small count, or is the first above such whose counts are all small."""
    here, before = _pinned(low, high, percent, small), _pinned(low, high, percent - 1, small)
    short = parts_allowed(high, np.maximum(percent - 1, 0))[1] < small
    return here | ((percent > 0) & before & short)


def _pinned(low: Ints, high: Ints, percent: Ints, small: int) -> Flags:
    """Percents that some small count has, and that neither nobody nor a count which is not small can have as well."""
    least, most = parts_allowed(low, percent)[0], parts_allowed(high, percent)[1]
    return np.asarray((least < small) & ~((least == 0) & (most >= small)))


def _narrows(shares: Shares, totals: Totals, kept: Flags, spread: int) -> Flags:
    """Shares to hide so that every total's interval stays wide: one after another, the one that matters most first."""
    wanted = np.minimum(totals.high - totals.low, spread)
    hidden = np.zeros(len(kept), bool)
    while True:
        places = np.flatnonzero(kept & ~hidden)
        told = tell(shares.only(kept & ~hidden), totals.low, totals.high)
        tight = (told.total_high - told.total_low < wanted)[shares.group[places]]
        if not tight.any():
            return hidden
        order = np.lexsort((-np.arange(len(places)), -told.without, shares.group[places]))
        order = order[tight[order]]
        _, first = np.unique(shares.group[places[order]], return_index=True)
        hidden[places[order[first]]] = True


def _small_in(shares: Shares, totals: Totals, kept: Flags, small: int) -> Flags:
    """Shares whose part or rest is known to be small by all that is printed."""
    told = tell(shares.only(kept), totals.low, totals.high)
    found = np.zeros(len(kept), bool)
    for low, high in ((told.part_low, told.part_high), (told.rest_low, told.rest_high)):
        found[kept] |= (low < small) & ~((low == 0) & (high >= small))
    return found
