"""What holders earn beyond comparable people: means of groups, with an error clustered by person.

For a group of matched holders at a horizon, the effect is the mean of (own change less the mean change of the others in the own
cell), less what the correction expects of what the cell leaves different.

The variance adds the squared influence of every person on the mean. One other person serves in several cells and award years,
and in the regression, so all that he or she adds to a group's figure is summed before it is squared. Not here: the gaps
themselves (gaps.py), the regression (correction.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.questions.comparison.correction import Correction, first_of
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats, Frames, Ints
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import Gaps

#: Other persons whose influence is summed at once.
_PERSONS = 1 << 15


@dataclass(frozen=True)
class Effects:
    """Figures of groups in dollars, [groups].

    Attributes:
        n: Holders.
        figures: By measure the value and its standard error.
        left: How far the effect is from that as matched, beyond what chance makes of it. What is known of both sides moved the effect by
            so much, and what nobody knows may move it by as much again, either way: a part of the band that does not shrink with more people.
    """

    n: Ints
    figures: dict[str, tuple[Floats, Floats]]
    left: Floats


def effects(frame: Frames, members: csr_matrix, found: Gaps, correction: Correction | None = None) -> Effects:
    """The figures of every group.

    Args:
        frame: The matched.
        members: 1 where a holder belongs to a group, [holders, groups].
        found: Of :func:`~.gaps.gaps`.
        correction: Of :func:`~.correction.corrected`; None for the comparison as matched.
    """
    held = csr_matrix(members[found.holders])
    n = np.asarray(held.sum(axis=0)).ravel()
    gap = found.gap - correction.apart @ correction.slope if correction is not None else found.gap
    slope_variance = _slope_variance(held, correction) if correction is not None else np.zeros(len(n))
    shared = _other_variance(frame, held, found, correction, slope_variance)
    rows = {
        "comparison_effect": (gap, shared),
        "counterfactual_earnings": (found.earnings - gap, shared),
        "matched_holder_earnings": (found.earnings, np.zeros(len(n))),
    }
    return Effects(
        n.astype(np.int64),
        {name: _mean(held, n, *row) for name, row in rows.items()},
        _left(held, n, correction, slope_variance),
    )


def _left(held: csr_matrix, n: Floats, correction: Correction | None, slope_variance: Floats) -> Floats:
    """What the correction took off each group, less its own chance; nothing where it is chance alone."""
    if correction is None:
        return np.zeros(len(n))
    moved, error = _mean(held, n, correction.apart @ correction.slope, slope_variance)
    return np.asarray(np.sqrt(np.maximum(np.nan_to_num(moved**2 - error**2), 0.0)))


def _slope_variance(held: csr_matrix, correction: Correction) -> Floats:
    """Of the sums of what is taken off, by the regression's error alone, [groups]."""
    apart = held.T @ correction.apart
    return np.asarray(np.einsum("gf,fh,gh->g", apart, correction.influence.T @ correction.influence, apart))


def _mean(held: csr_matrix, n: Floats, values: Floats, more: Floats) -> tuple[Floats, Floats]:
    """Means of groups and their standard errors, to whose variance of sums ``more`` is added."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (held.T @ values) / n
        own = np.maximum(held.T @ values**2 - n * mean**2, 0.0)
        return mean, np.where(n > 1, np.sqrt(own + more) / n, np.nan)


def _other_variance(
    frame: Frames, held: csr_matrix, found: Gaps, correction: Correction | None, slope_variance: Floats
) -> Floats:
    """Sum over the others of their squared influence on the sum of the gaps, [groups]."""
    cell, person = frame.others.cell[found.others], frame.others.person[found.others]
    starts = np.flatnonzero(first_of(person))
    bounds = np.concatenate((starts, [len(person)]))
    residual = found.residual if correction is None else correction.residual
    influence = csr_matrix((residual / found.others_in[cell], cell, bounds), shape=(len(starts), frame.cells))
    placed = (np.ones(len(found.holders)), (frame.holders.cell[found.holders], np.arange(len(found.holders))))
    weights = csr_matrix(placed, shape=(frame.cells, len(found.holders))) @ held
    covariates = 0 if correction is None else correction.influence.shape[1]
    variance, shared = np.zeros(held.shape[1]), np.zeros((covariates, held.shape[1]))
    for first in range(0, len(starts), _PERSONS):
        part = slice(first, first + _PERSONS)
        summed = influence[part] @ weights
        variance += np.bincount(summed.indices, summed.data**2, minlength=held.shape[1])
        if correction is not None:
            shared += correction.influence[part].T @ summed
    if correction is None:
        return variance
    both = np.einsum("gf,fg->g", held.T @ correction.apart, shared)
    return np.asarray(np.maximum(variance + 2 * both + slope_variance, 0.0))
