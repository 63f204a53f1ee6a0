"""A second look at the effect, doubly robust: matching, and a regression of what matching leaves different.

Within a cell holders and others still differ a little in what they earned, and in years before those that were matched. The
changes of the others are regressed on these within their cells, with the weights of the match, and the difference that the
regression expects is taken off the effect. The result is right if either the cells or the regression are (Bang and Robins,
Biometrics 2005; bias-corrected matching: Abadie and Imbens, JBES 2011). The regression's own error is part of the band.
"""

import numpy as np

from credential_pipeline.enclave.outcome_tables.questions.comparison.effects import Gaps, first_of
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats, Frames, Ints, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.match import HISTORY


def robust_effect(frame: Frames, found: Gaps) -> tuple[float, float]:
    """The effect for everybody in dollars and its standard error; not a number without comparisons.

    Args:
        frame: The matched.
        found: The plain comparison at one horizon.
    """
    n = len(found.holders)
    if n < 2:
        return float("nan"), float("nan")
    cell = frame.others.cell[found.others]
    weight = _held(frame, found)[cell] / found.others_in[cell]
    mine, theirs = _history(frame, frame.holders, found.holders), _history(frame, frame.others, found.others)
    middle = _cell_means(theirs, cell, frame.cells)
    theirs -= middle[cell]
    apart = (mine - middle[frame.holders.cell[found.holders]]).sum(axis=0)
    # The residuals are scaled up for their variance; the regression wants them as they are.
    change = found.residual / np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    spread = np.linalg.pinv(theirs.T @ (theirs * weight[:, None]))
    slope = spread @ (theirs.T @ (weight * change))
    effect = (found.gap.sum() - apart @ slope) / n
    own = found.gap - (mine - middle[frame.holders.cell[found.holders]]) @ slope
    influence = weight * (found.residual - theirs @ slope) * (1.0 + theirs @ (spread @ apart))
    person = frame.others.person[found.others]
    starts = np.flatnonzero(first_of(person))
    summed = np.add.reduceat(influence, starts)
    return float(effect), float(np.sqrt(((own - effect) ** 2).sum() + (summed**2).sum()) / n)


def _held(frame: Frames, found: Gaps) -> Ints:
    return np.bincount(frame.holders.cell[found.holders], minlength=frame.cells)


def _history(frame: Frames, side: Side, who: Ints) -> Floats:
    """Earnings of the years of HISTORY in 10,000 dollars, and whether there were any, [who, 2 * years]."""
    chosen = Side(side.person[who], side.award_year[who], side.cell[who])
    earned = [np.where(there, cents, 0.0) / 1e6 for cents, there in (frame.earned(chosen, at) for at in HISTORY)]
    return np.column_stack([*earned, *(part > 0 for part in earned)])


def _cell_means(values: Floats, cell: Ints, cells: int) -> Floats:
    size = np.maximum(np.bincount(cell, minlength=cells), 1)
    return np.column_stack([np.bincount(cell, column, minlength=cells) / size for column in values.T])
