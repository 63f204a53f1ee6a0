"""Which matched holders belong to which group of every breakdown."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.grouping import BREAKDOWNS, GROUP
from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Ints
from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class Groups:
    """Groups and their members.

    Attributes:
        labels: The columns of GROUP, 'all' where the group does not tell them apart; one tuple a group, everybody first.
        members: 1 where a holder belongs to a group, [holders, groups].
    """

    labels: list[tuple[str, ...]]
    members: csr_matrix

    def only(self, *dimensions: str) -> "Groups":
        """Everybody, and the groups that these dimensions alone tell apart."""
        others = [place for place, column in enumerate(GROUP) if column not in dimensions]
        kept = [n for n, label in enumerate(self.labels) if all(label[place] == "all" for place in others)]
        return Groups([self.labels[n] for n in kept], csr_matrix(self.members[:, kept]))


def groups(work: Scratch, units: Relation, uid: Ints) -> Groups:
    """Everybody and every group of holders at their attributed award, with or without matched members.

    Args:
        work: Where the rows live.
        units: uid, lead and the columns of GROUP; a dimension that was given up for a unit is 'all'.
        uid: The matched holders, in ascending order.
    """
    numbered = ", ".join(f"{_number(breakdown)} AS number_{place}" for place, breakdown in enumerate(BREAKDOWNS))
    found = work.table("numbered", f"SELECT uid, {', '.join(GROUP)}, {numbered} FROM {units} WHERE lead")
    columns = work.con.execute(f"SELECT * EXCLUDE ({', '.join(GROUP)}) FROM {found} ORDER BY uid").fetchnumpy()
    place_of = np.searchsorted(columns["uid"], uid)
    labels: list[tuple[str, ...]] = []
    rows, places = [], []
    for place, breakdown in enumerate(BREAKDOWNS):
        shown = ", ".join(column if column in breakdown else "'all'" for column in GROUP)
        named = f"SELECT DISTINCT number_{place}, {shown} FROM {found} WHERE number_{place} > 0 ORDER BY 1"
        number = np.asarray(columns[f"number_{place}"], np.int64)[place_of]
        told = np.flatnonzero(number)
        rows.append(told)
        places.append(number[told] - 1 + len(labels))
        labels += [row[1:] for row in work.con.execute(named).fetchall()]
    row, column = np.concatenate(rows), np.concatenate(places)
    return Groups(labels, csr_matrix((np.ones(len(row)), (row, column)), shape=(len(uid), len(labels))))


def _number(breakdown: tuple[str, ...]) -> str:
    """SQL of the number of a holder's group in a breakdown, counted from 1; 0 where the breakdown was given up."""
    if not breakdown:
        return "1"
    given_up = f"list_contains([{', '.join(breakdown)}], 'all')"
    return f"CASE WHEN {given_up} THEN 0 ELSE dense_rank() OVER (ORDER BY {given_up}, {', '.join(breakdown)}) END"
