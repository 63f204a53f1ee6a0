"""What holders earn beyond comparable people: the mean difference in differences, with an error clustered by person.

For a group of matched holders at a horizon, the effect is the mean of (own change less the mean change of the others in the own
cell); a change is real earnings at the horizon less the mean of the baseline years. Of both sides those count who have
earnings in the year, as in the tables of earnings, or with ``zeros`` everybody who is covered and alive.

The variance adds the squared influence of every person on the mean. One other person serves in several cells and award years,
so all that he or she adds to a group's figure is summed before it is squared. Not here: who is matched (matching.py).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Bools, Floats, Frames, Ints


@dataclass(frozen=True)
class Gaps:
    """One horizon in dollars.

    Attributes:
        holders: Places of the holders who count, ascending [m].
        earnings: Their earnings [m].
        gap: Own change less the mean change of the cell's others [m].
        others: Places of the others who count and whose cell has a holder who counts [k].
        residual: Their change less the mean of their cell, scaled so that its square is unbiased [k].
        others_in: How many others count, by cell.
    """

    holders: Ints
    earnings: Floats
    gap: Floats
    others: Ints
    residual: Floats
    others_in: Ints


@dataclass(frozen=True)
class Effects:
    """Figures of groups in dollars, [groups]: holders, and by measure the value and its standard error."""

    n: Ints
    figures: dict[str, tuple[Floats, Floats]]


def gaps(frame: Frames, horizon: int, *, zeros: bool = False) -> Gaps:
    """Compare every holder with the others of the own cell.

    Args:
        frame: The matched.
        horizon: Year relative to the award.
        zeros: Whether people without earnings count with zero.
    """
    earned, counts = frame.earned(frame.holders, horizon)
    other_earned, other_counts = frame.earned(frame.others, horizon)
    if not zeros:
        counts, other_counts = counts & (earned > 0), other_counts & (other_earned > 0)
    change = (earned - frame.baseline) / 100
    other_change = (other_earned - frame.other_baseline) / 100
    others_in = np.bincount(frame.others.cell[other_counts], minlength=frame.cells)
    sums = np.bincount(frame.others.cell[other_counts], other_change[other_counts], minlength=frame.cells)
    mean = sums / np.maximum(others_in, 1)
    # One other alone says nothing of how much others differ.
    holders = np.flatnonzero(counts & (others_in[frame.holders.cell] > 1))
    used = np.zeros(frame.cells, dtype=np.bool_)
    used[frame.holders.cell[holders]] = True
    others = np.flatnonzero(other_counts & used[frame.others.cell])
    cell = frame.others.cell[others]
    return Gaps(
        holders=holders,
        earnings=earned[holders] / 100,
        gap=change[holders] - mean[frame.holders.cell[holders]],
        others=others,
        residual=(other_change[others] - mean[cell]) * np.sqrt(others_in[cell] / (others_in[cell] - 1.0)),
        others_in=others_in,
    )


def effects(frame: Frames, members: csr_matrix, found: Gaps) -> Effects:
    """The figures of every group.

    Args:
        frame: The matched.
        members: 1 where a holder belongs to a group, [holders, groups].
        found: Of :func:`gaps`.
    """
    held = csr_matrix(members[found.holders])
    n = np.asarray(held.sum(axis=0)).ravel()
    shared = _other_variance(frame, held, found)
    rows = {
        "comparison_effect": (found.gap, shared),
        "counterfactual_earnings": (found.earnings - found.gap, shared),
        "matched_holder_earnings": (found.earnings, np.zeros(len(n))),
    }
    return Effects(n.astype(np.int64), {name: _mean(held, n, *row) for name, row in rows.items()})


def _mean(held: csr_matrix, n: Floats, values: Floats, more: Floats) -> tuple[Floats, Floats]:
    """Means of groups and their standard errors, to whose variance of sums ``more`` is added."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (held.T @ values) / n
        own = np.maximum(held.T @ values**2 - n * mean**2, 0.0)
        return mean, np.where(n > 1, np.sqrt(own + more) / n, np.nan)


def _other_variance(frame: Frames, held: csr_matrix, found: Gaps) -> Floats:
    """Sum over the others of their squared influence on the sum of the gaps, [groups]."""
    cell, person = frame.others.cell[found.others], frame.others.person[found.others]
    starts = np.flatnonzero(first_of(person))
    bounds = np.concatenate((starts, [len(person)]))
    influence = csr_matrix((found.residual / found.others_in[cell], cell, bounds), shape=(len(starts), frame.cells))
    placed = (np.ones(len(found.holders)), (frame.holders.cell[found.holders], np.arange(len(found.holders))))
    weights = csr_matrix(placed, shape=(frame.cells, len(found.holders))) @ held
    summed = influence @ weights
    return np.bincount(summed.indices, summed.data**2, minlength=held.shape[1]).astype(np.float64)


def first_of(sorted_values: Ints) -> Bools:
    """Whether each value is the first of its kind in a sorted array."""
    first = np.ones(len(sorted_values), dtype=np.bool_)
    first[1:] = sorted_values[1:] != sorted_values[:-1]
    return first
