"""What matching leaves different, and what it is worth: the bias correction of a matched comparison.

Within a cell holders and others still differ a little: in what exactly they earned, in the years before those that were matched,
in age, in what their sector and their state pay. The changes of the others are regressed on these within their cells, with the weights of
the match, and what the regression expects of a holder beyond the others of the cell is taken off. For everybody the result is right if
either the cells or the regression are (Bang and Robins, Biometrics 2005; bias-corrected matching: Abadie and Imbens, JBES 2011).
The regression's own error is part of the band; that of what sector and state are found to pay is not. Not here: the figures of
groups (effects.py).
"""

from collections.abc import Iterator
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
_ROWS = 1 << 15
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
    # The residuals are scaled up for their variance; the regression wants them as they are.
    scale = np.sqrt(found.others_in[cell] / (found.others_in[cell] - 1.0))
    work = _Work(known.others, found.others, cell, means, weight, starts)
    gram, moment, carriers = work.moments(found.residual / scale)
    kept = np.flatnonzero(carriers >= _LEAST_CARRIERS)
    if not len(kept) or len(starts) < len(kept) * _OTHERS_A_COVARIATE:
        return None
    bread = _inverse(gram[np.ix_(kept, kept)])
    slope = bread @ moment[kept]
    residual, scores = work.left_over(found.residual, scale, kept, slope)
    own = known.holders.take(found.holders, axis=0)
    apart = (own - means.take(own_cell, axis=0)).take(kept, axis=1)
    return Correction(apart, slope, residual, scores @ bread)


@dataclass(frozen=True)
class _Work:
    """The others of a horizon, ordered by person, worked on some rows at a time: all at once would want too much memory.

    Attributes:
        values: Covariates of all others.
        rows: Places of those who count [k].
        cell: Their cells [k].
        means: Means of the covariates by cell.
        weight: What each counts [k].
        starts: Where in [k] each person begins.
    """

    values: NDArray[np.float32]
    rows: Ints
    cell: Ints
    means: Floats
    weight: Floats
    starts: Ints

    def parts(self) -> Iterator[tuple[slice, slice]]:
        """Rows, and the persons to whom they belong; none is in two parts."""
        ends = np.append(self.starts, len(self.cell))
        cuts = np.unique(np.searchsorted(ends, (*range(0, len(self.cell), _ROWS), len(self.cell))))
        for first, last in pairwise(cuts.tolist()):
            yield slice(int(ends[first]), int(ends[last])), slice(first, last)

    def told_apart(self, part: slice) -> Floats:
        """Covariates of some rows less the means of their cells."""
        return np.asarray(self.values.take(self.rows[part], axis=0) - self.means.take(self.cell[part], axis=0))

    def by_person(self, amounts: Floats, part: slice, persons: slice) -> Floats:
        """Sums of rows by person."""
        return np.asarray(np.add.reduceat(amounts, self.starts[persons] - part.start, axis=0))

    def moments(self, wanted: Floats) -> tuple[Floats, Floats, Floats]:
        """The weighted moments of the covariates and of these with what is wanted; and how many persons carry each covariate.

        As many carry one as would carry it alike, by the inverse of Herfindahl's index.
        """
        many = self.values.shape[1]
        gram, moment, total, squares = np.zeros((many, many)), np.zeros(many), np.zeros(many), np.zeros(many)
        for part, persons in self.parts():
            theirs = self.told_apart(part)
            weighted = theirs * self.weight[part, None]
            gram += theirs.T @ weighted
            moment += weighted.T @ wanted[part]
            carried = self.by_person(theirs * weighted, part, persons)
            total += carried.sum(axis=0)
            squares += (carried**2).sum(axis=0)
        return gram, moment, np.divide(total**2, squares, out=np.zeros(many), where=squares > 0)

    def left_over(self, residual: Floats, scale: Floats, kept: Ints, slope: Floats) -> tuple[Floats, Floats]:
        """The residuals after the regression [k], and by person the sums of covariate, weight and residual [persons, kept]."""
        left, scores = np.empty(len(self.cell)), np.empty((len(self.starts), len(kept)))
        for part, persons in self.parts():
            theirs = self.told_apart(part).take(kept, axis=1)
            left[part] = residual[part] - scale[part] * (theirs @ slope)
            scores[persons] = self.by_person(theirs * (self.weight[part] * left[part])[:, None], part, persons)
        return left, scores


def _inverse(gram: Floats) -> Floats:
    """Of covariates that each vary; of two that tell the same, each has half."""
    unit = 1.0 / np.sqrt(np.diag(gram))
    return np.asarray(np.linalg.pinv(gram * unit * unit[:, None], rcond=1e-8, hermitian=True) * unit * unit[:, None])


def _cell_means(values: NDArray[np.float32], rows: Ints, cell: Ints, cells: int) -> Floats:
    size = np.maximum(np.bincount(cell, minlength=cells), 1)
    return np.column_stack([np.bincount(cell, column.take(rows), minlength=cells) / size for column in values.T])
