"""How alike holders and others are before and after the match: standardized differences, for everybody.

Differences are in standard deviations of all holders, so that the same difference counts the same before and after it.
Below 0.1 is what the field calls balanced (Austin, Statistics in Medicine 2009).
"""

from typing import Final

import numpy as np

from credential_pipeline.enclave.outcome_tables.questions.comparison.frames import Floats
from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import Match
from credential_pipeline.enclave.outcome_tables.questions.comparison.places import SOUTH
from credential_pipeline.foundation.storage.relation import Relation, Scratch

#: Covariate to its words and its SQL on moments; all are whole numbers, so that their sums are exact.
COVARIATES: Final = {
    "age": ("age in the award year", "age"),
    "earnings_3": ("real earnings three years before the award", "cents_3"),
    "earnings_2": ("real earnings two years before the award", "cents_2"),
    "without_earnings_3": ("share without earnings three years before the award", "CAST(cents_3 = 0 AS INTEGER)"),
    "without_earnings_2": ("share without earnings two years before the award", "CAST(cents_2 = 0 AS INTEGER)"),
    "in_industry": ("share in the industry two years before the award", "CAST(inside AS INTEGER)"),
    "women": ("share of women", "CAST(woman AS INTEGER)"),
    "region_south": ("share in the South", f"CAST(region_number = {SOUTH} AS INTEGER)"),
}
_COLUMNS: Final = {"definition": "VARCHAR", "n": "BIGINT", "value": "DOUBLE"}


def balance(work: Scratch, found: Match) -> Relation:
    """One row per covariate, before the match and after it: definition, n (holders), value (missing without comparisons).

    Args:
        work: Where the rows live.
        found: Of :func:`~.matching.match`.
    """
    sums = ", ".join(f"CAST(sum({sql}) AS DOUBLE) AS {name}" for name, (_, sql) in COVARIATES.items())
    squares = ", ".join(f"CAST(sum(CAST({sql} AS HUGEINT) * {sql}) AS DOUBLE)" for _, sql in COVARIATES.values())
    (holders, *values), (others, *theirs) = (
        work.con.execute(f"SELECT count(*), {wanted} FROM {found.moments} WHERE uid IS {who}").fetchall()[0]
        for wanted, who in ((f"{sums}, {squares}", "NOT NULL"), (sums, "NULL"))
    )
    wide = len(COVARIATES)
    mean, square = (np.array(part, np.float64) / max(holders, 1) for part in (values[:wide], values[wide:]))
    deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
    other_mean = np.array(theirs, np.float64) / others if others else np.full(wide, np.nan)
    matched, after = _after(work, found, sums)
    rows = []
    for when, n, apart in (("before", holders, mean - other_mean), ("after", matched, after)):
        for name, gap, spread in zip(COVARIATES, apart, deviation, strict=True):
            value = gap / spread if spread > 0 else np.nan
            rows.append((f"balance_{name}_{when}", n, round(float(value), 6) if np.isfinite(value) else None))
    return work.rows("balance", _COLUMNS, rows)


def _after(work: Scratch, found: Match, sums: str) -> tuple[int, Floats]:
    """Matched holders, and how far their means are from the weighted means of their comparisons."""
    mine = _cells(
        work,
        f"""
        SELECT cell, count(*) AS n, {sums}
        FROM {found.moments} JOIN (SELECT uid, dense_rank() OVER (ORDER BY cell) - 1 AS cell FROM {found.matched}) USING (uid)
        GROUP BY cell ORDER BY cell
        """,
    )
    theirs = _cells(work, f"SELECT cell, count(*) AS n, {sums} FROM {found.others} GROUP BY cell ORDER BY cell")
    if not len(mine):
        return 0, np.full(len(COVARIATES), np.nan)
    held = mine[:, 1]
    weighted = theirs[:, 2:] * (held / theirs[:, 1])[:, None]
    return int(held.sum()), (mine[:, 2:] - weighted).sum(axis=0) / held.sum()


def _cells(work: Scratch, query: str) -> Floats:
    columns = work.con.execute(query).fetchnumpy().values()
    return np.column_stack([np.asarray(column, np.float64) for column in columns])
