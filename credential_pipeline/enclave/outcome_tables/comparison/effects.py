"""What holders earn beyond comparable people: the mean difference in differences, with an error clustered by person.

For a group of matched holders at a horizon, the effect is the mean of (own change less the mean change of the others in the own
cell); a change is real earnings at the horizon less the mean of the baseline years. Of both sides those count who have
earnings in the year, as in the tables of earnings, or with ``zeros`` everybody who is covered and alive.

The variance adds the squared influence of every person (influence functions of the two means). One other person serves in
many cells and award years, so all that he or she adds to a group's figure is summed before it is squared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.comparison.frames import Bools, Floats, Frames, Ints

_AT_ONCE = 24
"""Groups whose influences are held in memory together."""


@dataclass(frozen=True)
class Effects:
    """Figures of groups at one horizon, in dollars, [groups]: matched holders, effect, its error, their mean earnings."""

    n: Ints
    effect: Floats
    error: Floats
    earnings: Floats


def effects(frame: Frames, members: csr_matrix, horizon: int, *, zeros: bool = False) -> Effects:
    """The figures of every group at one horizon.

    Args:
        frame: The matched.
        members: 1 where a holder belongs to a group, [holders, groups].
        horizon: Year relative to the award.
        zeros: Whether people without earnings count with zero.
    """
    earned, counts = frame.earned(frame.holders, horizon)
    other_earned, other_counts = frame.earned(frame.others, horizon)
    if not zeros:
        counts, other_counts = counts & (earned > 0), other_counts & (other_earned > 0)
    change = (earned - frame.baseline(frame.holders)) / 100
    other_change = (other_earned - frame.baseline(frame.others)) / 100
    cell = frame.others.cell[other_counts]
    size = np.bincount(cell, minlength=frame.cells)
    mean = np.bincount(cell, other_change[other_counts], minlength=frame.cells) / np.maximum(size, 1)
    counts &= size[frame.holders.cell] > 1  # the spread of a single other person is unknown
    who = csr_matrix(members.T)[:, counts]
    n = np.asarray(who.sum(axis=1)).ravel()
    gap = change[counts] - mean[frame.holders.cell[counts]]
    with np.errstate(invalid="ignore", divide="ignore"):
        effect = (who @ gap) / n
        own = (who @ gap**2) - n * effect**2
        error = np.sqrt(own + _other_variance(frame, members, counts, other_counts, other_change, mean, size)) / n
        earnings = (who @ earned[counts]) / n / 100
    return Effects(n.astype(np.int64), effect, error, earnings)


def _other_variance(
    frame: Frames, members: csr_matrix, counts: Bools, other_counts: Bools, change: Floats, mean: Floats, size: Ints
) -> Floats:
    """Sum over the others of their squared influence on the sum of the gaps, [groups]."""
    used = np.zeros(frame.cells, dtype=np.bool_)
    used[frame.holders.cell[counts]] = True
    who = np.flatnonzero(other_counts & used[frame.others.cell])
    cell = frame.others.cell[who]
    spread = np.sqrt(size[cell] / (size[cell] - 1.0))
    residual = (change[who] - mean[cell]) * spread / size[cell]
    person = frame.others.person[who]
    starts = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1]))) if len(who) else np.zeros(0, np.int64)
    shape = (len(starts), frame.cells)
    influence = csr_matrix((residual, cell, np.concatenate((starts, [len(who)]))), shape=shape)
    held = csr_matrix(
        (np.ones(int(counts.sum())), (frame.holders.cell[counts], np.flatnonzero(counts))),
        shape=(frame.cells, len(counts)),
    )
    weights = held @ members
    return np.concatenate([
        ((influence @ part) ** 2).sum(axis=0) for part in _parts(csr_matrix(weights), _AT_ONCE)
    ]) if members.shape[1] else np.zeros(0)


def _parts(matrix: csr_matrix, width: int) -> Iterator[Floats]:
    """The columns of a matrix, some at a time."""
    for start in range(0, matrix.shape[1], width):
        yield matrix[:, start : start + width].toarray()
