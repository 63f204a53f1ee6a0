"""Keeps the printed band of a share or mean that is printed as in the last release, where the new one differs by a step at most.

A band hangs on the exact number, too: the answer of one learner who left can move its end where the share itself stays the same.

Not here: bands of amounts, whose moves the attack reads (attack/amounts.py, attack/one_wage.py).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.enclave.outcome_release.mark import FEW, OF_WAGES
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.sql import text_of

POINT: Final = 0.01
"""How far an end of a band may lie from where it is printed; the step in which shares, and means of many, are printed."""


def keep_bands(con: Connection, industry: str, earlier: Sequence[Path]) -> int:
    """Print bands as in the industry's last release where its figures are printed alike; how many were kept so.

    Args:
        con: Connection with ``outcome_release.published_outcomes`` as it was marked.
        industry: The partition.
        earlier: Public files of all earlier releases, in their order, in a folder for each industry.
    """
    mine = [path for path in earlier if path.parent.name == industry]
    if not mine:
        return 0
    bounds = {"path": str(mine[-1]), "point": POINT, "few": FEW, "of_wages": list(OF_WAGES)}
    return int(con.execute(text_of(__package__, "steady_bands.sql"), bounds).fetchall()[0][0])
