"""A second look at the effect, doubly robust: matching, and a regression of what matching leaves different.

Within a cell holders and others still differ a little in what they earned, and in years before those that were matched. The
changes of the others are regressed on these within their cells, with the weights of the match, and the difference that the
regression expects is taken off the effect. The result is right if either the cells or the regression are (Bang and Robins,
Biometrics 2005; bias-corrected matching: Abadie and Imbens, JBES 2011). The regression's own error is part of the band.
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import Gaps, first_of
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats, Frames, Ints, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import HISTORY
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE


@dataclass(frozen=True)
class History:
    """What both sides earned before the award, in 10,000 dollars, and whether at all in years that are not matched.

    Attributes:
        holders: [holders, features].
        others: [others, features].
    """

    holders: Floats
    others: Floats


def history(frame: Frames) -> History:
    """Look back from every award year; in a year that is not covered everybody has nothing."""
    return History(_features(frame, frame.holders), _features(frame, frame.others))


def _features(frame: Frames, side: Side) -> Floats:
    earned = {at: np.where(there, cents, 0.0) / 1e6 for at in HISTORY for cents, there in [frame.earned(side, at)]}
    return np.column_stack([*earned.values(), *(earned[at] > 0 for at in HISTORY if at not in BASELINE)])


def robust_effect(frame: Frames, found: Gaps, past: History) -> tuple[float, float]:
    """The effect for everybody in dollars and its standard error; not a number without comparisons.

    Args:
        frame: The matched.
        found: The plain comparison at one horizon.
        past: Of :func:`history`.
    """
    n = len(found.holders)
    if n <= 1:
        return float("nan"), float("nan")
    cell = frame.others.cell[found.others]
    own_cell = frame.holders.cell[found.holders]
    weight = np.bincount(own_cell, minlength=frame.cells)[cell] / found.others_in[cell]
    mine, theirs = past.holders[found.holders], past.others[found.others]
    middle = _cell_means(theirs, cell, frame.cells)
    theirs -= middle[cell]
    mine -= middle[own_cell]
    apart = mine.sum(axis=0)
    # The residuals are scaled up for their variance; the regression wants them as they are.
    change = found.residual / np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    weighted = theirs * weight[:, None]
    spread = np.linalg.pinv(theirs.T @ weighted)
    slope = spread @ (weighted.T @ change)
    effect = (found.gap.sum() - apart @ slope) / n
    own = found.gap - mine @ slope - effect
    influence = weight * (found.residual - theirs @ slope) * (1.0 + theirs @ (spread @ apart))
    summed = np.add.reduceat(influence, np.flatnonzero(first_of(frame.others.person[found.others])))
    return float(effect), float(np.sqrt(own @ own + summed @ summed) / n)


def _cell_means(values: Floats, cell: Ints, cells: int) -> Floats:
    size = np.maximum(np.bincount(cell, minlength=cells), 1)
    return np.column_stack([np.bincount(cell, column, minlength=cells) / size for column in values.T])
