"""What matching leaves different, and what it is worth: the bias correction of a matched comparison.

Within a cell holders and others still differ a little: in what exactly they earned, in the years before those that were matched,
in age, in what their sector and their state pay. The changes of the others are regressed on these within their cells, with the weights of
the match, and what the regression expects of a holder beyond the others of the cell is taken off. For everybody the result is right if
either the cells or the regression are (Bang and Robins, Biometrics 2005; bias-corrected matching: Abadie and Imbens, JBES 2011).
The regression's own error is part of the band; that of what sector and state are found to pay is not. Not here: the figures of
groups (effects.py).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Bools, Floats, Frames, Ints, Side
from credential_pipeline.enclave.outcome_tables.questions.comparison.gaps import Gaps
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import EARLIER, HISTORY
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE

#: Other persons that the regression wants for each covariate; with fewer it says more about them than about others.
_OTHERS_A_COVARIATE = 20
#: A covariate counts if at least as many other persons carry it; what one of them did would be the slope, and could be read off.
_LEAST_CARRIERS = 30
#: Ages between which a year of age is worth the same; within a cell of several years, who is older has seen more of it.
_AGES = (10, 21, 26, 36, 111)
#: Rows that are worked on at once.
_ROWS = 1 << 18
#: Logs begin at 500 dollars, as the bins do; beyond 500,000 dollars, more tells no more.
_LEAST, _MOST = 50_000, 50_000_000


@dataclass(frozen=True)
class Covariates:
    """What is known of both sides before the award.

    Cells in which the earlier years are covered and cells in which they are not have slopes of their own: each covariate but age is
    there twice, and 0 in the cells of the other kind.

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
    """Look back from every award year."""
    return Covariates(_known_before(frame, frame.holders), _known_before(frame, frame.others))


def _known_before(frame: Frames, side: Side) -> NDArray[np.float32]:
    earned = {at: np.minimum(frame.earnings[side.place + at], _MOST) for at in HISTORY}
    inside = {at: frame.inside[side.place + at] & (earned[at] > 0) for at in (*EARLIER, min(BASELINE))}
    always = [
        *(earned[at] / 1e6 for at in BASELINE),
        *(np.log(np.maximum(earned[at], _LEAST) / _LEAST) for at in BASELINE),
        *(np.where(earned[at] > 0, frame.sector_pay[side.place + at], 0.0) for at in BASELINE),
        inside[min(BASELINE)],
        frame.state_pay[side.person],
    ]
    earlier = [
        *(earned[at] / 1e6 for at in EARLIER),
        *(earned[at] > 0 for at in EARLIER),
        *(inside[at] for at in EARLIER),
    ]
    long = frame.remembered[side.cell]
    ages = (np.clip(side.age, first, last) - first for first, last in pairwise(_AGES))
    columns = [*(column * long for column in (*always, *earlier)), *(column * ~long for column in always), *ages]
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
    cell = frame.others.cell[found.others]
    own_cell = frame.holders.cell[found.holders]
    weight = np.bincount(own_cell, minlength=frame.cells)[cell] / found.others_in[cell]
    starts = np.flatnonzero(first_of(frame.others.person[found.others]))
    means = _cell_means(known.others, found.others, cell, frame.cells)

    def told_apart(column: int) -> Floats:
        return np.asarray(known.others[found.others, column] - means[cell, column])

    carried = [_carriers(told_apart(at) ** 2 * weight, starts) >= _LEAST_CARRIERS for at in range(means.shape[1])]
    kept = np.flatnonzero(carried)
    if not len(kept) or len(starts) < len(kept) * _OTHERS_A_COVARIATE:
        return None
    # The residuals are scaled up for their variance; the regression wants them as they are.
    scale = np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    parts = [slice(*part) for part in pairwise((*range(0, len(cell), _ROWS), len(cell)))]
    gram, moment = np.zeros((len(kept), len(kept))), np.zeros(len(kept))
    for part in parts:
        theirs = _rows(known, found, means, cell, kept, part)
        weighted = theirs * weight[part, None]
        gram += theirs.T @ weighted
        moment += weighted.T @ (found.residual[part] / scale[part])
    bread = _inverse(gram)
    slope, residual = bread @ moment, np.empty(len(cell))
    for part in parts:
        residual[part] = found.residual[part] - scale[part] * (_rows(known, found, means, cell, kept, part) @ slope)
    scores = [np.add.reduceat(told_apart(column) * weight * residual, starts) for column in kept.tolist()]
    apart = known.holders[np.ix_(found.holders, kept)] - means[np.ix_(own_cell, kept)]
    return Correction(apart, slope, residual, np.column_stack(scores) @ bread)


def _inverse(gram: Floats) -> Floats:
    """Of covariates that each vary; of two that tell the same, each has half."""
    unit = 1.0 / np.sqrt(np.diag(gram))
    return np.asarray(np.linalg.pinv(gram * unit * unit[:, None], rcond=1e-8, hermitian=True) * unit * unit[:, None])


def _rows(known: Covariates, found: Gaps, means: Floats, cell: Ints, kept: Ints, part: slice) -> Floats:
    """Covariates of some others less the means of their cells."""
    return np.asarray(known.others[np.ix_(found.others[part], kept)] - means[np.ix_(cell[part], kept)])


def _carriers(squares: Floats, starts: Ints) -> float:
    """How many persons carry a covariate: as many as would carry it alike, by the inverse of Herfindahl's index."""
    if not len(starts):
        return 0.0
    by_person = np.add.reduceat(squares, starts)
    total = by_person.sum()
    return float(total**2 / (by_person @ by_person)) if total > 0 else 0.0


def _cell_means(values: NDArray[np.float32], rows: Ints, cell: Ints, cells: int) -> Floats:
    size = np.maximum(np.bincount(cell, minlength=cells), 1)
    return np.column_stack([np.bincount(cell, column[rows], minlength=cells) / size for column in values.T])
