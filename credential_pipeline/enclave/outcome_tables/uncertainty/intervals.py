"""Bands of shares and means, from sums under the replicates.

The band reaches from the chance of who is in the data around the figure, as it is and as it is expected to be without
wrong links, to the figure at two other thresholds of the linkage: the union of all of these.
Not here: percentiles and differences of them (percentiles.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Reals
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Sums
from credential_pipeline.engines.sampling import wilson

Flags = NDArray[np.bool_]
_TAIL = 0.975


@dataclass(frozen=True)
class Bands:
    """One band a figure, missing (NaN) where the figure is.

    Attributes:
        low: Lower end.
        high: Upper end.
        fragile: The figure at another threshold of the linkage lies outside of what chance alone explains.
    """

    low: Reals
    high: Reals
    fragile: Flags


def ratio(part: Reals, whole: Reals) -> Reals:
    """Part over whole, missing where the whole is nothing."""
    filled = np.where(whole > 0, whole, np.nan)
    return np.asarray(part / filled, np.float64)


def spread(drawn: Reals) -> Reals:
    """Variance over the replicates in which the figure exists; 0 where it exists in fewer than two."""
    known = ~np.isnan(drawn)
    times = known.sum(axis=1)
    middle = np.where(known, drawn, 0.0).sum(axis=1) / np.maximum(times, 1)
    apart = np.where(known, drawn - middle[:, None], 0.0)
    return np.asarray((apart**2).sum(axis=1) / np.maximum(times - 1, 1), np.float64)


def excess(drawn: Reals, alone: Reals) -> Reals:
    """How much more a share varies than that of independent people would: a factor of the variance, at least 1.

    People who are counted several times and links that may be wrong make it larger. What the number of replicates leaves to
    chance is taken off first.

    Args:
        drawn: The share by group and replicate.
        alone: The variance of a share of independent people with certain links.
    """
    noise = np.sqrt(2 / max(drawn.shape[1] - 1, 1))
    found = spread(drawn) / np.where(alone > 0, alone, np.nan)
    return np.asarray(np.maximum(np.nan_to_num(found, nan=1.0) - noise, 1.0), np.float64)


def union(low: Reals, high: Reals, chance: tuple[Reals, Reals], strict: Reals, around: Reals) -> Bands:
    """The band that holds a first band and the figures at other thresholds.

    Args:
        low: Lower end of the first band.
        high: Upper end of it.
        chance: Both ends of what chance alone explains.
        strict: The figure at each of the other thresholds; missing where nobody is left.
        around: The figure itself.
    """
    repeated = np.where(np.isnan(strict), around[:, None], strict)
    outside = (repeated < chance[0][:, None]) | (repeated > chance[1][:, None])
    return Bands(
        low=np.minimum(np.minimum(low, around), repeated.min(axis=1)),
        high=np.maximum(np.maximum(high, around), repeated.max(axis=1)),
        fragile=np.asarray(outside.any(axis=1) & ~np.isnan(around)),
    )


def share_bands(part: Sums, whole: Sums) -> Bands:
    """Bands of part / whole where every part is one of the whole: Wilson's, which holds near 0 and 1 too.

    The size that it takes is that of independent people who would vary as the replicates do.
    """
    share = ratio(part.plain, whole.plain)
    alone = share * (1 - share) / np.maximum(whole.plain, 1)
    size = whole.plain / excess(ratio(part.drawn, whole.drawn), alone)
    likely = np.where(whole.expected > 0, ratio(part.expected, whole.expected), share)
    low, high = wilson(np.minimum(share, likely), size)[0], wilson(np.maximum(share, likely), size)[1]
    strict = ratio(part.strict, whole.strict)
    return union(low, high, wilson(share, size), strict, share)


def mean_bands(total: Sums, whole: Sums) -> Bands:
    """Bands of total / whole, a mean: Student's, with the spread of the replicates."""
    mean = ratio(total.plain, whole.plain)
    n = np.maximum(whole.plain, 2)
    error = np.sqrt(spread(ratio(total.drawn, whole.drawn)) * n / (n - 1)) * stdtrit(n - 1, _TAIL)
    likely = np.where(whole.expected > 0, ratio(total.expected, whole.expected), mean)
    low, high = np.minimum(mean, likely) - error, np.maximum(mean, likely) + error
    return union(low, high, (mean - error, mean + error), ratio(total.strict, whole.strict), mean)
