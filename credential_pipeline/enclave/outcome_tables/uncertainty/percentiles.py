"""Bands of percentiles and of the difference of two medians (Woodruff, JASA 1952; Zou and Donner, Statistics in Medicine 2008).

The share of people below a percentile is a share like any other: how it varies from replicate to replicate says between
which two shares of the sorted amounts the percentile of the population lies. So a percentile needs sums of groups only,
and its band is made of order statistics, which hold in small groups; each averaged over the ranks beside it, so that no end of a
band is one person's amount.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.intervals import Bands, excess, ratio, union
from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Packs, Reals, Replicates
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows, Sums, sums
from credential_pipeline.engines.sampling import REACH

#: Ranks to each side over which an end of a band is averaged; fewer in groups of less than 21.
BESIDE = 5
#: A correlation over replicates within so many standard errors of 0 is none.
_NOISE = 3


@dataclass(frozen=True)
class Sorted:
    """Rows of groups with amounts, sorted by group, amount and person.

    Attributes:
        rows: The rows, all of which belong to a group.
        amounts: One a row.
        sizes: Rows of every group.
    """

    rows: Rows
    amounts: Reals
    sizes: Ints

    @property
    def starts(self) -> Ints:
        """Place of the first row of every group."""
        return np.asarray(np.cumsum(self.sizes) - self.sizes, np.int64)

    def kept(self, chosen: np.ndarray) -> "Sorted":
        """The chosen rows, still sorted."""
        rows = self.rows.only(chosen)
        return Sorted(rows, self.amounts[chosen], np.bincount(rows.group, minlength=rows.groups))

    def at(self, rank: Reals) -> Reals:
        """The amount at a rank (0 is the first; between two ranks in between) of every group, missing in an empty one."""
        last = np.maximum(self.sizes - 1, 0)
        rank = np.clip(np.nan_to_num(rank), 0, last)
        down = np.floor(rank).astype(np.int64)
        padded = np.append(self.amounts, np.nan)
        first = np.where(self.sizes > 0, self.starts, len(self.amounts))
        lower, upper = padded[first + down], padded[np.where(self.sizes > 0, first + np.minimum(down + 1, last), first)]
        return np.asarray(lower + (upper - lower) * (rank - down), np.float64)

    def around(self, rank: Reals) -> Reals:
        """The mean of the amounts around a rank of every group, :data:`BESIDE` to each side, missing in an empty one.

        Where so many are not there, it is carried on in a line from the last two means that are.
        """
        last = np.maximum(self.sizes - 1, 0)
        beside = np.minimum(last // 4, BESIDE)
        wanted = np.nan_to_num(rank)
        inside = np.clip(wanted, beside, last - beside)
        inward = np.where(wanted < inside, 1, -1) * np.maximum(beside, 1)
        further = np.clip(inside + inward, beside, last - beside)
        here, there = self._mean_at(inside, beside), self._mean_at(further, beside)
        apart = np.where(further == inside, 1.0, further - inside)
        found = here + (np.clip(wanted, 0, last) - inside) * (there - here) / apart
        # Wages are never below nothing, however steep the line is.
        lowest = np.append(self.amounts, np.nan)[np.where(self.sizes > 0, self.starts, len(self.amounts))]
        return np.asarray(np.where(lowest >= 0, np.maximum(found, 0.0), found), np.float64)

    def _mean_at(self, rank: Reals, beside: Ints) -> Reals:
        down = np.floor(rank).astype(np.int64)
        lower, upper = (self._mean(place, beside) for place in (down, down + 1))
        part = rank - down
        return np.asarray(np.where(part > 0, lower + (upper - lower) * part, lower), np.float64)

    def _mean(self, middle: Ints, beside: Ints) -> Reals:
        """The mean of the amounts from so many ranks before the middle to so many after it."""
        first = self.starts + middle - beside
        ends = np.clip(np.stack([first, first + 2 * beside + 1]), 0, len(self.amounts))
        found = (self._summed[ends[1]] - self._summed[ends[0]]) / (2 * beside + 1)
        return np.where(self.sizes > 0, found, np.nan)

    @cached_property
    def _summed(self) -> Reals:
        """The sum of the amounts before each row, and of all."""
        return np.concatenate([[0.0], np.cumsum(self.amounts)])

    def percentile(self, p: float) -> Reals:
        """The percentile of every group, interpolated as the figures are."""
        return self.at(np.asarray(p * (self.sizes - 1), np.float64))

    def averaged(self, p: float) -> Reals:
        """The percentile of every group, averaged as the ends of a band are: all ranks alike, so that no amount has a large part.

        The figures themselves (``smoothed`` in macros.sql) weigh the rank in the middle most, to stay near the percentile.
        """
        return self.around(np.asarray(p * (self.sizes - 1), np.float64))


def ascending(person: Packs, amounts: Reals) -> Ints:
    """The order of rows by amount; equal ones by person, so that no order of rows matters."""
    return np.asarray(np.lexsort((person, amounts)), np.int64)


def sort_rows(rows: Rows, amounts: Reals) -> Sorted:
    """Sort rows that are in the order of their amounts by group.

    Args:
        rows: The rows, in the order of :func:`ascending`.
        amounts: One a row.
    """
    order = np.argsort(rows.narrow_group, kind="stable")
    kept = Rows(rows.pack[order], rows.group[order], rows.groups)
    return Sorted(kept, amounts[order], np.bincount(kept.group, minlength=rows.groups))


@dataclass(frozen=True)
class Placed:
    """Where the percentile of every group may lie.

    Attributes:
        value: The percentile.
        below: By group and replicate, the share of people below it.
        low: Lower end of the band of chance and of the links that are expected to be wrong.
        high: Upper end of it.
        chance: Both ends of the band of chance alone.
        strict: The percentile at each of the other thresholds.
        averaged: The percentile, averaged as the ends are.
        averaged_strict: The percentile at each of the other thresholds, averaged likewise.
    """

    value: Reals
    below: Reals
    low: Reals
    high: Reals
    chance: tuple[Reals, Reals]
    strict: Reals
    averaged: Reals
    averaged_strict: Reals


def place(replicates: Replicates, given: Sorted, whole: Sums, p: float) -> Placed:
    """Find out where a percentile may lie.

    Args:
        replicates: The weights.
        given: The sorted rows.
        whole: The sums of the rows.
        p: Which percentile, between 0 and 1.
    """
    n = given.sizes.astype(np.float64)
    under = np.rint(p * n)
    rank = np.arange(len(given.amounts)) - given.starts[given.rows.group]
    part = sums(replicates, given.rows.only(rank < under[given.rows.group]))
    below, apart = ratio(part.drawn, whole.drawn), np.minimum(under / np.maximum(n, 1), 1.0)
    error = np.sqrt(p * (1 - p) / np.maximum(n, 1) * excess(below, apart * (1 - apart) / np.maximum(n, 1)))
    likely = p + apart - np.where(whole.expected > 0, ratio(part.expected, whole.expected), apart)
    ends = [np.minimum(p, likely) - REACH * error, np.maximum(p, likely) + REACH * error]
    low, high = (given.around(n * share - 0.5) for share in ends)
    chance = given.at(n * (p - REACH * error) - 0.5), given.at(n * (p + REACH * error) - 0.5)
    certain = [
        given.kept((given.rows.pack < replicates.certain) | (given.rows.pack >= replicates.certain + most))
        for most in replicates.below
    ]
    strict, averaged = (
        np.column_stack([getattr(one, how)(p) for one in certain]) for how in ("percentile", "averaged")
    )
    return Placed(given.percentile(p), below, low, high, chance, strict, given.averaged(p), averaged)


def percentile_bands(found: Placed) -> Bands:
    """Bands of a percentile of every group."""
    fragile = union(found.low, found.high, found.chance, found.strict, found.value).fragile
    told = union(found.low, found.high, found.chance, found.averaged_strict, found.averaged)
    return replace(told, fragile=fragile)


def difference_bands(one: Placed, other: Placed) -> Bands:
    """Bands of one percentile less another of the same group, made of the bands of the two.

    The two go together as far as their people do; what is within the noise of the replicates is taken for nothing.
    """
    together = _correlation(one.below, other.below)
    value = one.value - other.value
    middles = one.averaged, other.averaged
    low, high = _mover(middles, (one.low, one.high), (other.low, other.high), together)
    chance = _mover((one.value, other.value), one.chance, other.chance, together)
    found = union(low, high, chance, one.strict - other.strict, value)
    averaged = one.averaged_strict - other.averaged_strict
    ends = union(low, high, chance, averaged, one.averaged - other.averaged)
    turned = np.sign(one.strict - other.strict) * np.sign(value)[:, None] < 0
    told = (chance[0] > 0) | (chance[1] < 0)
    return Bands(ends.low, ends.high, found.fragile | (turned.any(axis=1) & told))


def _mover(
    middles: tuple[Reals, Reals], band: tuple[Reals, Reals], beside: tuple[Reals, Reals], together: Reals
) -> tuple[Reals, Reals]:
    """Both ends of the band of a difference, by the recovery of variances from two bands around their middles."""
    down, up = middles[0] - band[0], band[1] - middles[0]
    below, above = middles[1] - beside[0], beside[1] - middles[1]
    value = middles[0] - middles[1]
    return (
        value - np.sqrt(np.maximum(down**2 + above**2 - 2 * together * down * above, 0.0)),
        value + np.sqrt(np.maximum(up**2 + below**2 - 2 * together * up * below, 0.0)),
    )


def _correlation(one: Reals, other: Reals) -> Reals:
    """How two figures vary together over the replicates."""
    known = ~(np.isnan(one) | np.isnan(other))
    times = np.maximum(known.sum(axis=1), 1)
    apart = [
        np.where(known, drawn - (np.where(known, drawn, 0.0).sum(axis=1) / times)[:, None], 0.0)
        for drawn in (one, other)
    ]
    size = np.sqrt((apart[0] ** 2).sum(axis=1) * (apart[1] ** 2).sum(axis=1))
    found = (apart[0] * apart[1]).sum(axis=1) / np.where(size > 0, size, 1.0)
    return np.asarray(np.where(np.abs(found) < _NOISE / np.sqrt(times), 0.0, found), np.float64)
