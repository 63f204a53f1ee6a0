"""Every holder at one horizon beside the others of the own cell: the difference in differences, one by one.

A change is real earnings at the horizon less the mean of the baseline years. Of both sides those count who have earnings in the
year, as in the tables of earnings, or with ``zeros`` everybody who is covered and alive. Not here: who is matched
(matching.py), means of groups (effects.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats, Frames, Ints


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
