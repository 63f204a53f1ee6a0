"""Which matched holders belong to which group of every breakdown."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from credential_pipeline.enclave.outcome_tables.comparison.frames import Ints
from credential_pipeline.foundation.storage.relation import Relation, Scratch

#: Everybody and the breakdowns of the comparison; a credential is nested in its certifier.
BREAKDOWNS = ((), ("age_band",), ("sex",), ("race",), ("certifier",), ("certifier", "credential"), ("state",))


@dataclass(frozen=True)
class Groups:
    """Groups and their members.

    Attributes:
        labels: The group's columns, 'all' where it is not told apart; one dict a group.
        members: 1 where a holder belongs to a group, [holders, groups].
    """

    labels: list[dict[str, str]]
    members: csr_matrix


def groups(work: Scratch, units: Relation, uid: Ints) -> Groups:
    """Collect the groups that have members; a label 'all' is none.

    Args:
        work: Where the rows live.
        units: uid, lead and the columns of the breakdowns that exist.
        uid: The matched holders, in ascending order.
    """
    labels: list[dict[str, str]] = []
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for breakdown in BREAKDOWNS:
        if not set(breakdown) <= set(units.columns):
            continue
        shown = ", ".join(breakdown) or "'all'"
        told = f"{breakdown[-1]} <> 'all'" if breakdown else "true"
        found = work.table(
            "groups",
            f"SELECT uid, dense_rank() OVER (ORDER BY {shown}) - 1 AS number, {shown} FROM {units} WHERE lead AND {told}",
        )
        names = f"SELECT DISTINCT number, {shown} FROM {found} ORDER BY number" if breakdown else "SELECT 0"
        listed = work.con.execute(names).fetchall()
        numbers = work.con.execute(f"SELECT uid, number FROM {found} ORDER BY uid").fetchnumpy()
        place = np.searchsorted(numbers["uid"], uid)
        place = np.clip(place, 0, max(len(numbers["uid"]) - 1, 0))
        hit = np.flatnonzero(numbers["uid"][place] == uid) if len(numbers["uid"]) else np.zeros(0, np.int64)
        rows.append(hit)
        columns.append(np.asarray(numbers["number"], np.int64)[place[hit]] + len(labels))
        labels += [dict(zip(breakdown, row[1:], strict=True)) for row in listed]
    shape = (len(uid), len(labels))
    row, column = np.concatenate(rows), np.concatenate(columns)
    return Groups(labels, csr_matrix((np.ones(len(row)), (row, column)), shape=shape))
