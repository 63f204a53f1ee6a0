"""Small changes since an earlier release: the few learners who came or went are a small group of their own.

A count that an earlier release shows, and that differs from it by at least one and fewer than ``min_learners``, is
sensitive in the new release: its interval must hold the old number as well as a change of ``min_learners``.

Not here: what an earlier release hid. Releases therefore follow a calendar and hold enough new learners.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from credential_pipeline.engines.disclosure.primary import Primary
from credential_pipeline.engines.disclosure.system import System
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation

HALF_DECIMAL = 0.0005


def with_changes(
    con: Connection, outcomes: Relation, system: System, primary: Primary, earlier: Sequence[Path]
) -> Primary:
    """Add the counts that changed by a few learners since any of the earlier files.

    Args:
        con: The connection.
        outcomes: ``outcome_tables.outcomes``.
        system: All counts of the new release.
        primary: What the counts themselves ask for.
        earlier: Public ``outcomes.csv`` files; cells are matched by ``cell_id``, which does not name the release.
    """
    if not earlier:
        return primary
    cells = con.execute(
        f"SELECT cell_id, n_count_id, numerator_count_id FROM {outcomes} WHERE n_count_id IS NOT NULL"
    ).df()
    place = system.position
    up, down = primary.up.copy(), primary.down.copy()
    changed = np.zeros(len(system.ids), bool)
    for path in earlier:
        for name, old in _known(path, cells):
            spot = place[name]
            change = int(system.value[spot]) - old
            if 0 < abs(change) < primary.min_learners:
                changed[spot] = True
                ahead, back = primary.min_learners - abs(change), abs(change)
                rise, fall = (ahead, back) if change > 0 else (back, ahead)
                up[spot] = max(up[spot], rise)
                down[spot] = max(down[spot], min(fall, int(system.value[spot])))
    return replace(primary, sensitive=primary.sensitive | changed, hidden=primary.hidden | changed, up=up, down=down)


def _known(path: Path, cells: pd.DataFrame) -> list[tuple[str, int]]:
    """Return (count, old number) for every n, and for every numerator that the share gives exactly."""
    old = pd.read_csv(path, usecols=["cell_id", "n", "value", "status"], dtype={"cell_id": "string"})
    both = cells.merge(old[old["status"] == 1], on="cell_id")
    known = [(str(name), int(n)) for name, n in zip(both["n_count_id"], both["n"], strict=True)]
    parts = both[both["numerator_count_id"].notna() & both["value"].between(0, 1)]
    number, slack = (parts["n"] * parts["value"]).round(), parts["n"] * HALF_DECIMAL
    exact = parts[slack < 0.5]  # noqa: PLR2004  only one whole number fits
    known += [(str(i), int(k)) for i, k in zip(exact["numerator_count_id"], number[exact.index], strict=True)]
    return sorted(set(known))
