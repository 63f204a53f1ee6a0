"""What an effect could be if holders and others had gone on drifting apart as they did before: a bound on what the match cannot see.

Rambachan and Roth (Review of Economic Studies 2023), relative magnitudes: after the award the two may part by as much a year, either way,
as they parted between the two years before the base and the base: by as many percent of what holders would earn, as paces of pay are, or by
as many dollars where that is more. All ends of that range have a sampling error, made of what every person adds to the effect and to the
drift together; the range reaches from the lowest of their bands to the highest (a union of intervals, which holds whatever lies in the
range as often as each holds its own end). Everybody's alone: of small groups the tests tell too little. Not here: the effects (effects.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import Correction
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats, Frames
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import Gaps
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import EARLIER
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE
from credential_pipeline.engines.sampling import REACH

_BASE = sum(BASELINE) / len(BASELINE)
#: Years over which the drift before the award is seen: from the middle of the tests to the middle of the base.
_SEEN = _BASE - sum(EARLIER) / len(EARLIER)


@dataclass(frozen=True)
class Mean:
    """A mean over all matched holders, and what everybody adds to it.

    Attributes:
        n: Holders who count; of an average of means, the fewest.
        value: In dollars; not a number where nobody counts.
        own: What each holder adds beyond the mean [holders].
        others: What each person without a credential adds [persons].
        earned: What the holders earned on average, in dollars; 0 where that plays no part.
    """

    n: int
    value: float
    own: Floats
    others: Floats
    earned: float = 0.0

    def covariance(self, other: "Mean") -> float:
        """With another mean, clustered by person; with itself, the variance."""
        return float(self.own @ other.own + self.others @ other.others)


@dataclass(frozen=True)
class Range:
    """What an effect is if the two drift on.

    Attributes:
        low: Its lower end, in dollars.
        high: Its upper end.
        breakdown: How many times the drift seen before would be needed until the range holds nothing.
    """

    low: float
    high: float
    breakdown: float


def mean_of(frame: Frames, found: Gaps, correction: Correction | None = None) -> Mean:
    """The effect of everybody at one horizon.

    Args:
        frame: The matched.
        found: The plain comparison.
        correction: What is taken off; None for the comparison as matched.
    """
    n, persons = len(found.holders), len(frame.state_pay)
    own, others = np.zeros(len(frame.uid)), np.zeros(persons)
    if not n:
        return Mean(n, np.nan, own, others)
    gap = found.gap if correction is None else found.gap - correction.apart @ correction.slope
    own[found.holders] = (gap - gap.mean()) / n
    cell, person = frame.others.cell[found.others], frame.others.person[found.others]
    weight = np.bincount(frame.holders.cell[found.holders], minlength=frame.cells)[cell] / found.others_in[cell]
    residual = found.residual if correction is None else correction.residual
    others = -np.bincount(person, weight * residual, minlength=persons) / n
    if correction is not None:
        others[np.unique(person)] -= correction.influence @ correction.apart.sum(axis=0) / n
    return Mean(n, float(gap.mean()), own, others, float(found.earnings.mean()))


def average(means: Sequence[Mean]) -> Mean:
    """The mean of some means."""
    many = len(means)
    return Mean(
        min(one.n for one in means),
        sum(one.value for one in means) / many,
        np.asarray(sum(one.own for one in means) / many),
        np.asarray(sum(one.others for one in means) / many),
        sum(one.earned for one in means) / many,
    )


def drifting(effect: Mean, before: Mean, left: float, horizon: int) -> Range:
    """The range of an effect.

    Args:
        effect: At the horizon.
        before: The mean of the tests before the base, each less the base.
        left: What the band of the effect holds beside its sampling error, as a standard error.
        horizon: Years after the award.
    """
    times = (horizon - _BASE) / _SEEN * _growth(effect, before)
    square, cross = effect.covariance(effect) + left**2, times * effect.covariance(before)
    drift, spread = times * before.value, times**2 * before.covariance(before)
    ends = [
        (effect.value + way * drift, REACH * np.sqrt(max(square + way**2 * spread + 2 * way * cross, 0.0)))
        for way in (-1, 0, 1)
    ]
    low, high = min(middle - reach for middle, reach in ends), max(middle + reach for middle, reach in ends)
    found = [_first_root(effect.value, way * drift, square, way * cross, spread) for way in (-1, 1)]
    return Range(float(low), float(high), min(found))


def _growth(effect: Mean, before: Mean) -> float:
    """What holders would earn by what they earned in the tests: who part by as many percent part by so many times the dollars; 1 at least."""
    return max((effect.earned - effect.value) / before.earned, 1.0) if before.earned > 0 else 1.0


def _first_root(effect: float, drift: float, square: float, cross: float, spread: float) -> float:
    """The least number of drifts at which the band about effect and drifts holds nothing: a root of a quadratic equation."""
    if not np.isfinite(effect + drift + square + spread):
        return np.nan
    reach = REACH**2
    terms = (drift**2 - reach * spread, 2 * (effect * drift - reach * cross), effect**2 - reach * square)
    if terms[2] <= 0:
        return 0.0
    roots = np.roots(terms)
    ahead = roots.real[(np.abs(roots.imag) < 1e-9 * np.abs(roots.real)) & (roots.real > 0)]
    return float(ahead.min(initial=np.inf))
