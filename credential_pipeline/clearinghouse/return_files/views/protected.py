"""From a view's counts of people to figures that may be told: which counts make a figure, and what adds up.

Not here: what is counted, and what may be told of it (protection.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from credential_pipeline.clearinghouse.return_files.protection import TOLD, told

ALL: Final = "all"

_WHERE: Final = ["subject", "dimension", "level"]
_COUNT: Final = [*_WHERE, "quantity", "value"]


@dataclass(frozen=True)
class Share:
    """A share of people, made wherever both of its counts are.

    Attributes:
        measure: Its name; ends in ``_share`` or ``_rate``.
        part: Quantity above the line.
        whole: Quantity below it.
    """

    measure: str
    part: str
    whole: str


def protected(counts: pd.DataFrame, shares: Sequence[Share], parted: Sequence[str]) -> pd.DataFrame:
    """The figures that counts make, as they may be told.

    Args:
        counts: subject, dimension, level, quantity, value: people of a quantity in a group; (all, all) is everybody.
        shares: What is divided by what.
        parted: Dimensions whose levels part everybody: with a total, they could be subtracted.

    Returns:
        subject, dimension, level, measure, value, unit, n, status: a row a count, then a row a share, in a fixed order.
    """
    counts = counts[_COUNT].sort_values(_COUNT[:-1], ignore_index=True)
    counts = counts.assign(count_id=_id(counts, counts["quantity"]))
    cells = _cells(counts, shares)
    names = [*_WHERE, "measure"]
    if cells.empty:
        return pd.DataFrame(columns=[*names, *TOLD])
    return cells[names].join(told(counts, _equations(counts, parted), cells, tuple(_WHERE)))


def _cells(counts: pd.DataFrame, shares: Sequence[Share]) -> pd.DataFrame:
    """One row a figure: which counts it is made of."""
    made = [
        counts[_WHERE].assign(measure=counts["quantity"], n_count_id=counts["count_id"], numerator_count_id=None),
    ]
    known = {*counts["count_id"]}
    groups = counts[_WHERE].drop_duplicates(ignore_index=True)
    for one in shares:
        rows = groups.assign(
            measure=one.measure, n_count_id=_id(groups, one.whole), numerator_count_id=_id(groups, one.part)
        )
        made.append(rows[rows["n_count_id"].isin(known) & rows["numerator_count_id"].isin(known)])
    return pd.concat(made, ignore_index=True)


def _equations(counts: pd.DataFrame, parted: Sequence[str]) -> pd.DataFrame:
    """Every total with its parts."""
    parts = counts[counts["dimension"].isin(parted)]
    return pd.DataFrame(
        {
            "equation_id": parts["subject"] + "|" + parts["dimension"] + "|" + parts["quantity"],
            "total_count_id": _id(parts.assign(dimension=ALL, level=ALL), parts["quantity"]),
            "part_count_id": parts["count_id"],
        }
    )


def _id(rows: pd.DataFrame, quantity: "pd.Series[str] | str") -> "pd.Series[str]":
    return rows["subject"] + "|" + rows["dimension"] + "|" + rows["level"] + "|" + quantity
