"""Who pays the people behind an amount: how many main employers, and how large the largest of them is among them.

Amounts of people who work for one or two employers are what those pay. Whoever has wages and no known employer has an employer without a
name, as in the statements of the questions that tell it themselves. Not here: what may be published (outcome_release).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from credential_pipeline.enclave.outcome_tables.uncertainty.replicates import Ints, Reals
from credential_pipeline.enclave.outcome_tables.uncertainty.sums import Rows

#: SQL of a number that stands for the main employer, of 52 bits; nothing for whoever has no wages.
EMPLOYER: Final = "CASE WHEN employer_id IS NOT NULL THEN hash(employer_id) & 4503599627370495 END"
WAGES: Final = "real"
_CENTS = 100


@dataclass(frozen=True)
class Payers:
    """Who pays each group.

    Attributes:
        employers: Main employers of its people.
        largest: Share of the people, or of their wages if that is larger, of the largest employer; missing without any.
    """

    employers: Ints
    largest: Reals

    def and_the(self, other: "Payers") -> "Payers":
        """What holds of two groups that are compared: the fewer employers, the larger share."""
        return Payers(np.minimum(self.employers, other.employers), np.maximum(self.largest, other.largest))


def payers(rows: Rows, employer: Ints, wages: Reals) -> Payers:
    """Count the employers of every group; fast where the rows come in the order of their employers.

    Args:
        rows: The rows of the groups.
        employer: Number of the main employer of each row, below 0 for none.
        wages: Dollars of each row.
    """
    order = np.argsort(employer, kind="stable")
    order = order[employer[order] >= 0]
    order = order[np.argsort(rows.narrow_group[order], kind="stable")]
    group, number = rows.group[order], employer[order]
    if not len(order):
        return Payers(np.zeros(rows.groups, np.int64), np.full(rows.groups, np.nan))
    pair = np.flatnonzero(np.append(True, (group[1:] != group[:-1]) | (number[1:] != number[:-1])))
    # Whole cents, so that no order of rows matters.
    people, cents = np.diff(np.append(pair, len(order))), np.add.reduceat(np.rint(wages[order] * _CENTS), pair)
    owner = group[pair]
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    employers, largest = np.zeros(rows.groups, np.int64), np.full(rows.groups, np.nan)
    employers[owner[first]] = np.diff(np.append(first, len(owner)))
    largest[owner[first]] = np.maximum(_largest(people, first), _largest(cents, first))
    return Payers(employers, largest)


def _largest(parts: np.ndarray, first: Ints) -> Reals:
    """The largest part of every group, as a share of all of it."""
    whole = np.add.reduceat(parts, first).astype(np.float64)
    return np.asarray(np.maximum.reduceat(parts, first) / np.where(whole > 0, whole, 1.0), np.float64)
