"""The change of people at a further award less that of people who stopped, in strata, with its standard error.

Mean change of those with the further award, less the mean change of those who stopped in the same stratum, weighted by the
former. Whoever has nobody to be compared with in the own stratum is left out: with another credential held before, pay goes
another way. The variance is clustered by person: a person's influence is summed over the strata in which it stands. Not here: who
goes on and who stops (changes.sql).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from credential_pipeline.foundation.storage.relation import Relation, Scratch

Columns = Mapping[str, NDArray[Any]]
_GROUP = ("certifier", "credential", "setting")
_STRATUM = "nth, gap, age_band, held, since, years"


def differences(work: Scratch, changes: Relation, groups: Relation) -> Relation:
    """One row per group with anybody who can be compared: certifier, credential, setting, n, effect, deviation.

    Args:
        work: Where the rows live.
        changes: pid, nth, gap, age_band, held (the credential before), since (years from it, up to 3), years (after the award,
            1 or 2), treated, change: those who go on, once for an award, and those who stopped.
        groups: pid, nth, certifier, credential, setting: the group of an award, at most one award of a person in each.
    """
    shown = ", ".join(_GROUP)
    # One who stopped is no comparison: nothing would be known of the spread.
    strata = work.table(
        "strata",
        f"""
        SELECT {_STRATUM}, row_number() OVER (ORDER BY {_STRATUM}) - 1 AS stratum
        FROM {changes} WHERE NOT treated GROUP BY {_STRATUM} HAVING count(*) > 1
        """,
    )
    named = work.table(
        "named", f"SELECT DISTINCT {shown}, dense_rank() OVER (ORDER BY {shown}) - 1 AS place FROM {groups}"
    )
    stopped = _columns(
        work,
        f"SELECT pid, stratum, change FROM {changes} JOIN {strata} USING ({_STRATUM}) WHERE NOT treated ORDER BY ALL",
    )
    going_on = _columns(
        work,
        f"""
        SELECT c.pid, s.stratum, c.change, n.place
        FROM {changes} AS c JOIN {strata} AS s USING ({_STRATUM}) JOIN {groups} AS g ON g.pid = c.pid AND g.nth = c.nth
        JOIN {named} AS n ON {" AND ".join(f"n.{column} = g.{column}" for column in _GROUP)}
        WHERE c.treated ORDER BY ALL
        """,
    )
    sizes = [work.con.execute(f"SELECT count(*) FROM {which}").fetchall()[0][0] for which in (named, strata)]
    n, effect, deviation = _estimates(stopped, going_on, *sizes)
    columns = {"place": "INTEGER", "n": "BIGINT", "effect": "DOUBLE", "deviation": "DOUBLE"}
    told = [
        (place, int(n[place]), float(effect[place]), float(deviation[place])) for place in np.flatnonzero(n).tolist()
    ]
    figures = work.rows("figures", columns, told)
    return work.table("effects", f"SELECT {shown}, n, effect, deviation FROM {named} JOIN {figures} USING (place)")


def _columns(work: Scratch, query: str) -> Columns:
    return {name: np.asarray(column) for name, column in work.con.execute(query).fetchnumpy().items()}


def _estimates(
    stopped: Columns, going_on: Columns, groups: int, strata: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """By group: how many go on, the effect, and its standard error."""
    size = np.bincount(stopped["stratum"], minlength=strata)
    control = np.bincount(stopped["stratum"], stopped["change"], minlength=strata) / np.maximum(size, 1)
    place = going_on["place"]
    n = np.bincount(place, minlength=groups).astype(np.float64)
    gap = going_on["change"] - control[going_on["stratum"]]
    effect = np.bincount(place, gap, minlength=groups) / np.maximum(n, 1)
    # The residual is scaled so that its square is unbiased.
    here = stopped["stratum"]
    residual = (stopped["change"] - control[here]) / np.sqrt(size[here] * (size[here] - 1.0))
    people, person = np.unique(np.concatenate((stopped["pid"], going_on["pid"])), return_inverse=True)
    shape = (len(people), strata)
    apart = csr_matrix((residual, (person[: len(here)], here)), shape=shape)
    weight = np.bincount(going_on["stratum"] * groups + place, minlength=strata * groups).reshape(strata, groups)
    influence = -np.asarray(apart @ weight.astype(np.float64))
    influence[person[len(here) :], place] += gap - effect[place]
    return n, effect, np.sqrt((influence**2).sum(axis=0)) / np.maximum(n, 1)
