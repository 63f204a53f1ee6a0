"""Which figures on a partner's people may be told, and how they are written: the standard profile of disclosure control.

No figure on fewer people than the profile asks for, no share whose part or rest is so few, and none from which such a count could
be worked out (``engines/disclosure``). Counts are rounded, shares are whole percents. Where the few cannot be protected at all, no
figure is told and all are marked as not available, which the gate and the page say. Not here: what is counted, and which counts
make a figure (pdp/figures.py, views/protected.py).
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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
NOT_PROTECTED: Final = ("intake", "outcomes")
"""Subjects of figures that are not on a partner's people, or are public already."""
TOLD: Final = ("value", "unit", "n", "status")


def told(counts: pd.DataFrame, equations: pd.DataFrame, cells: pd.DataFrame, who: tuple[str, ...]) -> pd.DataFrame:
    """What may be told of each cell.

    Args:
        counts: count_id, value, quantity and the columns of ``who``.
        equations: equation_id, total_count_id, part_count_id: what adds up.
        cells: n_count_id and numerator_count_id, which is empty where the figure is the count itself.
        who: Columns that say whom a count is of.

    Returns:
        value, unit, n and status, in the order of the cells; of all of them :data:`MISSING` if the few cannot be protected.

    Raises:
        SafeError: ``E_COUNTS``, ``E_EQUATIONS``: the counts do not make the cells.
    """
    system = build_system(
        counts.assign(learners=counts["value"], time=0),
        equations,
        cells.assign(cells=1),
        FEWEST,
        Axes(who=who, what=("quantity",), when="time"),
    )
    share = cells["numerator_count_id"].notna().to_numpy()
    hidden, place = _hidden(system), pd.Series(system.position)
    if hidden is None:
        return _nothing(cells, share)
    whole = place[cells["n_count_id"]].to_numpy(np.int64)
    part = place[cells["numerator_count_id"].where(share, cells["n_count_id"])].to_numpy(np.int64)
    rest = np.array([system.complement.get(pair, pair[0]) for pair in zip(whole.tolist(), part.tolist(), strict=True)])
    shown = ~(hidden[whole] | hidden[part] | hidden[rest])
    n = system.value[whole]
    value = np.where(share, percents(system.value[part], np.maximum(n, 1)) / 100, DRB.apply(n))
    out = pd.DataFrame({"value": np.where(shown, value, np.nan)}, index=cells.index)
    out["unit"] = _unit(share)
    out["n"] = pd.Series(DRB.apply(n), out.index, dtype="Int64").where(shown)
    out["status"] = np.where(shown, SHOWN, HIDDEN)
    return out


def _hidden(system: System) -> Flags | None:
    """What may not be seen; None where the few cannot be protected by hiding others."""
    try:
        return protect(system, find_primary(system, FEWEST)).hidden
    except SafeError as error:
        if error.code != "E_CANNOT_PROTECT":
            raise
        return None


def _nothing(cells: pd.DataFrame, share: Flags) -> pd.DataFrame:
    """The figures when none may be told."""
    out = pd.DataFrame({"value": np.nan, "unit": _unit(share)}, index=cells.index)
    out["n"] = pd.Series(pd.NA, out.index, dtype="Int64")
    out["status"] = MISSING
    return out


def _unit(share: Flags) -> NDArray[np.str_]:
    return np.where(share, "share", "count")
