"""Sums over groups of rows: as they are, in every replicate, in expectation, and of the better links alone.

All are sums of whole numbers, which come out the same in any order. Not here: what is made of the sums (intervals.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Reals, Replicates

#: Cells (group times pack) that are summed in one go, 32 MB.
_AT_ONCE = 4_000_000
#: Whole numbers up to eight times this have an exact single-precision number; no replicate comes near.
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
        parts = (self.plain, self.drawn, self.expected, self.strict)
        return Sums(*(np.repeat(part, times, axis=0) for part in parts))


@dataclass(frozen=True)
class Rows:
    """Rows of people in groups.

    Attributes:
        person: Number of the person.
        group: 0, 1, ... less than ``groups``; below 0 where the row belongs to no group.
        groups: How many groups there are.
    """

    person: Ints
    group: Ints
    groups: int


def sums(replicates: Replicates, rows: Rows, values: Reals | None = None) -> Sums:
    """Sum up the rows of every group.

    Args:
        replicates: The weights.
        rows: What is summed up.
        values: Whole numbers, one a row (or dyadic fractions); without them the rows are counted.
    """
    pack = replicates.pack[rows.person].astype(np.int64)
    stride = max(1, _AT_ONCE // max(replicates.packs, 1))
    parts = []
    for start in range(0, max(rows.groups, 1), stride):
        stop = min(start + stride, rows.groups)
        inside = (rows.group >= start) & (rows.group < stop)
        place = (rows.group[inside] - start) * replicates.packs + pack[inside]
        given = None if values is None else values[inside]
        found = np.bincount(place, weights=given, minlength=(stop - start) * replicates.packs)
        parts.append(found.astype(np.float64).reshape(stop - start, replicates.packs))
    return _put_together([_of(part, replicates) for part in parts])


def _of(by_pack: Reals, replicates: Replicates) -> Sums:
    plain = by_pack.sum(axis=1)
    return Sums(
        plain=plain,
        drawn=_drawn(by_pack, replicates, float(plain.max(initial=0))),
        expected=(by_pack * replicates.right).sum(axis=1),
        strict=np.column_stack([by_pack[:, kept].sum(axis=1) for kept in replicates.strict.T]),
    )


def _drawn(by_pack: Reals, replicates: Replicates, most: float) -> Reals:
    """Sums in every replicate; in single precision, which is twice as fast, where that holds them exactly."""
    if most < _SINGLE and np.array_equal(by_pack, np.rint(by_pack)):
        return np.asarray(by_pack.astype(np.float32) @ replicates.weights.astype(np.float32), np.float64)
    return np.asarray(by_pack @ replicates.weights, np.float64)


def _put_together(parts: list[Sums]) -> Sums:
    return Sums(
        plain=np.concatenate([part.plain for part in parts]),
        drawn=np.concatenate([part.drawn for part in parts]),
        expected=np.concatenate([part.expected for part in parts]),
        strict=np.concatenate([part.strict for part in parts]),
    )
