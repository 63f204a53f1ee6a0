"""Sums over groups of rows: as they are, in every replicate, in expectation, and of the better links alone.

All are sums of whole numbers, which come out the same in any order. Not here: what is made of the sums (intervals.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Packs, Reals, Replicates

Flags = NDArray[np.bool_]
#: Cells (group times pack) that are summed in one go, 32 MB.
_AT_ONCE = 4_000_000
#: Counts below are summed in single precision, which is twice as fast and holds eight times as many exactly.
_SINGLE = 2_000_000


@dataclass(frozen=True)
class Sums:
    """The sums of every group; the first axis is the group.

    Attributes:
        plain: Of all rows.
        drawn: In each replicate.
        expected: Of all rows, each times the probability that its link is right.
        strict: Of the rows whose links are kept at each of the other thresholds.
    """

    plain: Reals
    drawn: Reals
    expected: Reals
    strict: Reals

    def repeated(self, times: int) -> "Sums":
        """Every group so many times, one after the other."""
        return Sums(*(np.repeat(part, times, axis=0) for part in self.all))

    @property
    def all(self) -> tuple[Reals, Reals, Reals, Reals]:
        """The four."""
        return self.plain, self.drawn, self.expected, self.strict


@dataclass(frozen=True)
class Rows:
    """Rows of people in groups.

    Attributes:
        pack: The pack of the person whose row it is.
        group: 0, 1, ... less than ``groups``.
        groups: How many groups there are.
    """

    pack: Packs
    group: Packs
    groups: int

    @property
    def narrow_group(self) -> NDArray[np.integer]:
        """The groups, in 16 bits where their numbers fit, which are sorted much faster."""
        return self.group.astype(np.int16) if self.groups < 1 << 15 else self.group

    def only(self, chosen: Flags) -> "Rows":
        """The chosen rows, in the same groups."""
        return Rows(self.pack[chosen], self.group[chosen], self.groups)


def sums(replicates: Replicates, rows: Rows, values: Reals | None = None) -> Sums:
    """Sum up the rows of every group.

    Args:
        replicates: The weights.
        rows: What is summed up.
        values: Whole numbers, one a row; without them the rows are counted.
    """
    stride = max(1, _AT_ONCE // max(replicates.packs, 1))
    if rows.groups <= stride:
        return _sums(replicates, rows, values)
    parts = []
    for start in range(0, rows.groups, stride):
        inside = (rows.group >= start) & (rows.group < start + stride)
        part = Rows(rows.pack[inside], rows.group[inside] - start, min(stride, rows.groups - start))
        parts.append(_sums(replicates, part, None if values is None else values[inside]))
    return Sums(*(np.concatenate(axis) for axis in zip(*(part.all for part in parts), strict=True)))


def _sums(replicates: Replicates, rows: Rows, values: Reals | None) -> Sums:
    place = rows.group * replicates.packs + rows.pack
    found = np.bincount(place, weights=values, minlength=rows.groups * replicates.packs)
    by_pack = found.reshape(rows.groups, replicates.packs)
    plain = by_pack.sum(axis=1).astype(np.float64)
    # Packs of doubtful links come last, the most doubtful first, so that what is left out is a range of them.
    doubted = by_pack[:, replicates.certain :]
    wrong = (doubted * (1.0 - replicates.right[replicates.certain :])).sum(axis=1)
    left_out = [doubted[:, :most].sum(axis=1) for most in replicates.below]
    single = values is None and plain.max(initial=0) < _SINGLE
    kind = np.float32 if single else np.float64
    drawn = by_pack.astype(kind) @ replicates.weights.astype(kind)
    return Sums(plain, drawn.astype(np.float64), plain - wrong, np.column_stack([plain - out for out in left_out]))
