"""Who pays the people behind an amount: how many main employers, and how large the largest of them is among them.

Amounts of people who work for one or two employers are what those pay. Not here: what may be published (outcome_release).
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
    """Count the employers of every group.

    Args:
        rows: The rows of the groups.
        employer: Number of the main employer of each row, below 0 for none.
        wages: Dollars of each row.
    """
    paid = employer >= 0
    group, number = rows.group[paid].astype(np.int64), employer[paid]
    many = int(number.max(initial=0)) + 1
    pairs, pair = np.unique(group * many + number, return_inverse=True)
    owner = pairs // many
    # Whole cents, so that no order of rows matters.
    people, cents = np.bincount(pair, minlength=len(pairs)), np.zeros(len(pairs))
    np.add.at(cents, pair, np.rint(wages[paid] * _CENTS))
    employers = np.bincount(owner, minlength=rows.groups)
    largest = np.maximum(_largest(people, owner, rows.groups), _largest(cents, owner, rows.groups))
    return Payers(employers.astype(np.int64), np.where(employers > 0, largest, np.nan))


def _largest(parts: np.ndarray, owner: Ints, groups: int) -> Reals:
    """The largest part of every group, as a share of all of it."""
    whole, most = np.bincount(owner, parts, minlength=groups), np.zeros(groups)
    np.maximum.at(most, owner, parts)
    return np.asarray(most / np.where(whole > 0, whole, 1.0), np.float64)
