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
    labels: list[tuple[str, ...]] = []
    columns, starts = [], [0]
    for breakdown in BREAKDOWNS:
        shown = ", ".join(column if column in breakdown else f"'all' AS {column}" for column in GROUP)
        order = ", ".join(breakdown) or "1"
        told = f"list_has_any([{', '.join(breakdown)}], ['all'])" if breakdown else "false"
        found = work.table(
            "groups",
            f"""
            SELECT uid, CAST(CASE WHEN NOT {told} THEN dense_rank() OVER (ORDER BY {told}, {order}) ELSE 0 END AS BIGINT) AS number,
                   {shown}
            FROM {units} WHERE lead
            """,
        )
        named = f"SELECT DISTINCT number, {', '.join(GROUP)} FROM {found} WHERE number > 0 ORDER BY number"
        numbers = work.con.execute(f"SELECT uid, number FROM {found} ORDER BY uid").fetchnumpy()
        labels += [row[1:] for row in work.con.execute(named).fetchall()]
        columns.append(_numbers_of(uid, np.asarray(numbers["uid"]), np.asarray(numbers["number"], np.int64)))
        starts.append(len(labels))
    return Groups(labels, _members(columns, starts, len(uid)))


def _numbers_of(uid: Ints, listed: Ints, numbers: Ints) -> Ints:
    """The number of every holder's group, counted from 1; 0 is none."""
    return numbers[np.searchsorted(listed, uid)]


def _members(columns: list[Ints], starts: list[int], holders: int) -> csr_matrix:
    hits = [np.flatnonzero(column) for column in columns]
    rows = np.concatenate(hits)
    places = np.concatenate(
        [column[hit] - 1 + start for column, hit, start in zip(columns, hits, starts, strict=False)]
    )
    return csr_matrix((np.ones(len(rows)), (rows, places)), shape=(holders, starts[-1]))
