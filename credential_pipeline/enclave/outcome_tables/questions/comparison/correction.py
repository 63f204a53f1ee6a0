"""What matching leaves different, and what it is worth: the bias correction of a matched comparison.

Within a cell holders and others still differ a little: in what exactly they earned, in the years before those that were matched,
in what their sector and their state pay. The changes of the others are regressed on these within their cells, with the weights of
the match, and what the regression expects of a holder beyond the others of the cell is taken off. The result is right if
either the cells or the regression are (Bang and Robins, Biometrics 2005; bias-corrected matching: Abadie and Imbens, JBES 2011).
The regression's own error is part of the band. Not here: the figures of groups (effects.py).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Bools, Floats, Frames, Ints, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import Gaps
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import HISTORY
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE

#: Others that the regression wants for each covariate; with fewer it says more about them than about others.
_OTHERS_A_COVARIATE = 20
#: Rows that are worked on at once.
_ROWS = 1 << 18
#: Logs begin at 500 dollars, as the bins do.
_LEAST = 50_000
_EARLIER = tuple(at for at in HISTORY if at not in BASELINE)


@dataclass(frozen=True)
class Covariates:
    """What is known of both sides before the award.

    Attributes:
        holders: [holders, covariates].
        others: [others, covariates].
    """

    holders: NDArray[np.float32]
    others: NDArray[np.float32]


@dataclass(frozen=True)
class Correction:
    """What the regression says at one horizon, in dollars.

    Attributes:
        apart: Covariates of each holder less the means of the cell's others [m, covariates].
        slope: What one unit of a covariate is worth [covariates].
        residual: Of each other, like ``Gaps.residual``, after the regression [k].
        influence: Of each other person on the slope, in the order of the persons [persons, covariates].
    """

    apart: Floats
    slope: Floats
    residual: Floats
    influence: Floats


def covariates(frame: Frames) -> Covariates:
    """Look back from every award year; in a year that is not covered everybody has nothing."""
    return Covariates(_known_before(frame, frame.holders), _known_before(frame, frame.others))


def _known_before(frame: Frames, side: Side) -> NDArray[np.float32]:
    earned = {at: np.where(there, cents, 0.0) for at in HISTORY for cents, there in [frame.earned(side, at)]}
    columns = [
        *(cents / 1e6 for cents in earned.values()),
        *(earned[at] > 0 for at in _EARLIER),
        *(np.log(np.maximum(earned[at], _LEAST) / _LEAST) for at in BASELINE),
        *(frame.inside[side.place + at] & (earned[at] > 0) for at in (*_EARLIER, min(BASELINE))),
        *(np.where(earned[at] > 0, frame.sector_pay[side.place + at], 0.0) for at in BASELINE),
        frame.state_pay[side.person],
    ]
    return np.column_stack([column.astype(np.float32) for column in columns])


def first_of(sorted_values: Ints) -> Bools:
    """Whether each value is the first of its kind in a sorted array."""
    first = np.ones(len(sorted_values), dtype=np.bool_)
    first[1:] = sorted_values[1:] != sorted_values[:-1]
    return first


def corrected(frame: Frames, found: Gaps, known: Covariates) -> Correction | None:
    """Regress within cells, over all holders and others of the horizon; None where too few others tell anything.

    Args:
        frame: The matched.
        found: The plain comparison at one horizon.
        known: Of :func:`covariates`.
    """
    wide = known.others.shape[1]
    if len(found.others) < wide * _OTHERS_A_COVARIATE:
        return None
    cell = frame.others.cell[found.others]
    own_cell = frame.holders.cell[found.holders]
    weight = np.bincount(own_cell, minlength=frame.cells)[cell] / found.others_in[cell]
    # The residuals are scaled up for their variance; the regression wants them as they are.
    scale = np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    means = _cell_means(known.others, found.others, cell, frame.cells)
    gram, moment = np.zeros((wide, wide)), np.zeros(wide)
    parts = [slice(*part) for part in pairwise((*range(0, len(cell), _ROWS), len(cell)))]
    for part in parts:
        theirs = known.others[found.others[part]] - means[cell[part]]
        weighted = theirs * weight[part, None]
        gram += theirs.T @ weighted
        moment += weighted.T @ (found.residual[part] / scale[part])
    bread = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
    slope = bread @ moment
    residual = np.empty(len(cell))
    for part in parts:
        theirs = known.others[found.others[part]] - means[cell[part]]
        residual[part] = found.residual[part] - scale[part] * (theirs @ slope)
    starts = np.flatnonzero(first_of(frame.others.person[found.others]))
    scores = [
        np.add.reduceat((known.others[found.others, column] - means[cell, column]) * weight * residual, starts)
        for column in range(wide)
    ]
    apart = known.holders[found.holders] - means[own_cell]
    return Correction(apart, slope, residual, np.column_stack(scores) @ bread)


def _cell_means(values: NDArray[np.float32], rows: Ints, cell: Ints, cells: int) -> Floats:
    size = np.maximum(np.bincount(cell, minlength=cells), 1)
    return np.column_stack([np.bincount(cell, column[rows], minlength=cells) / size for column in values.T])
