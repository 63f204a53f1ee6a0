"""From counts of people to figures that may be told to a partner.

No figure on fewer people than the standard profile asks for, no share whose part or rest is so few, and none from which such
a count could be worked out (``engines/disclosure``). Counts are rounded, shares are whole percents. Not here: what is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from credential_pipeline.engines.disclosure.axes import Axes
from credential_pipeline.engines.disclosure.primary import find_primary
from credential_pipeline.engines.disclosure.protect import protect
from credential_pipeline.engines.disclosure.rounding import DRB, percents
from credential_pipeline.engines.disclosure.system import Flags, System, build_system
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.profiles import PROFILES

FEWEST: Final = PROFILES["standard"].min_learners
"""Fewer people than this are not told of."""
SHOWN, MISSING, HIDDEN = 1, -1, 5
ALL: Final = "all"

_WHERE: Final = ["subject", "dimension", "level"]
_COUNT: Final = [*_WHERE, "quantity", "value"]
_AXES: Final = Axes(who=tuple(_WHERE), what=("quantity",), when="time")


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
    counts = counts.assign(count_id=_id(counts, counts["quantity"]), learners=counts["value"], time=0)
    cells = _cells(counts, shares)
    if cells.empty:
        return pd.DataFrame(columns=[*_WHERE, "measure", "value", "unit", "n", "status"])
    system = build_system(counts, _equations(counts, parted), cells, FEWEST, _AXES)
    hidden, place = _hidden(system), pd.Series(system.position)
    share = cells["numerator_count_id"].notna().to_numpy()
    whole = place[cells["n_count_id"]].to_numpy(np.int64)
    part = place[cells["numerator_count_id"].where(share, cells["n_count_id"])].to_numpy(np.int64)
    rest = np.array(
        [system.complement.get((n, above), n) for n, above in zip(whole.tolist(), part.tolist(), strict=True)]
    )
    shown = ~(hidden[whole] | hidden[part] | hidden[rest])
    n, above = system.value[whole], system.value[part]
    told = np.where(share, percents(above, np.maximum(n, 1)) / 100, DRB.apply(n))
    out = cells[[*_WHERE, "measure"]].copy()
    out["value"] = np.where(shown, told, np.nan)
    out["unit"] = np.where(share, "share", "count")
    out["n"] = pd.Series(DRB.apply(n), out.index, dtype="Int64").where(shown)
    out["status"] = np.where(shown, SHOWN, HIDDEN)
    return out


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
    return pd.concat(made, ignore_index=True).assign(cells=1)


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


def _hidden(system: System) -> Flags:
    """What may not be seen; everything where the few cannot be protected by hiding others."""
    try:
        return protect(system, find_primary(system, FEWEST)).hidden
    except SafeError:
        return np.ones(len(system.ids), dtype=bool)


def _id(rows: pd.DataFrame, quantity: "pd.Series[str] | str") -> "pd.Series[str]":
    return rows["subject"] + "|" + rows["dimension"] + "|" + rows["level"] + "|" + quantity
