"""What two files tell of one learner, to somebody who knows that just one came or left: the answers behind shares and counts.

A share that goes up when one learner leaves tells that the learner was not in its part, and one that goes down that it was; a
printed number that changes tells the exact number behind it. Not here: the learner's wages (amounts.py).
"""

from collections.abc import Collection

import pandas as pd

from credential_pipeline.enclave.outcome_release.attack.cells import SHOWN
from credential_pipeline.enclave.outcome_release.attack.judge import Finding


def answers(now: pd.DataFrame, then: pd.DataFrame, against: str, apart: Collection[str]) -> tuple[list[Finding], int]:
    """Figures that are printed otherwise in two files between which one learner came or left.

    Args:
        now: Cells of the attacked file.
        then: Cells of the other one.
        against: How the other file is called.
        apart: Cells of the attacked file behind which one learner more or less stands.

    Returns:
        Findings, and how many figures both files show; of how many one learner is apart would tell of the learner.
    """
    mine, theirs = (_shown(cells) for cells in (now, then))
    both = mine.merge(theirs, on="tail", suffixes=("", "_then"))
    # Amounts move by rank and have an attack of their own; how many stand behind them is a number like any other.
    moved = (both["value"] != both["value_then"]) & (both["unit"] != "usd")
    changed = both[(moved | (both["n"] != both["n_then"])) & both["cell_id"].isin(apart)]
    found = [Finding("difference", str(cell), "value", -1.0, 1.0, against) for cell in changed["cell_id"]]
    return sorted(found), len(both)


def _shown(cells: pd.DataFrame) -> pd.DataFrame:
    shown = cells[(cells["status"] == SHOWN) & cells["value"].notna()]
    tail = shown["cell_id"].astype(str).str.split("/", n=1).str[-1]
    return shown.assign(tail=tail, n=shown["n"].fillna(0.0))[["tail", "cell_id", "unit", "value", "n"]]
