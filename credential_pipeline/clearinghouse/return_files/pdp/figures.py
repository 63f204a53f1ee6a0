"""Momentum metrics and dashboards' tables of an institution, after disclosure control.

Small groups are told of together first. Not here: what is counted (counts.py), and what may be told of it (protection.py).
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from credential_pipeline.clearinghouse.return_files.pdp.counts import (
    BREAKDOWNS,
    EVERYBODY,
    MEASURES,
    NOT_RECORDED,
    Measure,
    count_people,
)
from credential_pipeline.clearinghouse.return_files.pdp.files import PdpFiles
from credential_pipeline.clearinghouse.return_files.protection import FEWEST, HIDDEN, SHOWN, told
from credential_pipeline.engines.disclosure.rounding import DRB
from credential_pipeline.engines.exchange.pdp.columns import COHORT
from credential_pipeline.engines.exchange.pdp.read import meant
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

OTHER: Final = "other or not recorded"
"""Level of the groups that are too small to be told of alone."""
_MAYBE: Final = "Int64"


def pdp_figures(work: Scratch, files: PdpFiles, agreement: ReturnAgreement, today: date) -> Relation:
    """Count an institution's students by credential, year, stack and group, as rows of ``partner_figures``.

    Args:
        work: Makes the relations; its connection has ``education_registry``.
        files: What :func:`pdp_files` made for the institution.
        agreement: Of the institution; without ``aggregates`` there is no row.
        today: The day: years of a cohort that are not over are not counted.
    """
    shape = SNAPSHOT.table("partner_figures").schema
    if "aggregates" not in agreement.gets:
        return work.rows("pdp_figures", shape, [])
    sources = {"cohort": meant(work, COHORT, files.people), "awards": files.awards, "known_as": files.students.known_as}
    people = work.table("people", statement(__package__, "people.sql", **sources), {"today": today})
    counts = work.con.execute(f"FROM {count_people(work, people)} ORDER BY ALL").df()
    if not counts["value"].sum():
        return work.rows("pdp_figures", shape, [])
    figures = pd.concat([protected(counts), _opted_out(files.students.blocked)], ignore_index=True)
    made = work.frame("pdp_figures", figures)
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in shape.items() if name != "partner")
    return work.table(
        "pdp_figures", f"SELECT $partner AS partner, {columns} FROM {made}", {"partner": agreement.partner}
    )


def protected(counts: pd.DataFrame, measures: Sequence[Measure] = MEASURES) -> pd.DataFrame:
    """The figures that counts make, as they may be told.

    Args:
        counts: dimension, level, quantity, value.
        measures: What is made of them.

    Returns:
        view, subject, dimension, level, measure, value, unit, n, status; what was not observed of anybody, such as a year
        that no cohort has completed, has no row.
    """
    counts = _pooled(counts)
    counts = counts.assign(count_id=_id(counts, counts["quantity"]))
    cells = _cells(counts, measures)
    names = ["view", "subject", "dimension", "level", "measure"]
    return cells[names].join(told(counts, _equations(counts), cells, ("dimension", "level")))


def _opted_out(blocked: int) -> pd.DataFrame:
    """How many of the institution's students are in no file, where they are enough to be told of."""
    number = int(DRB.apply(np.array([blocked]))[0])
    shown = blocked >= FEWEST
    return pd.DataFrame(
        {
            "view": ["momentum"],
            "subject": ["cohorts"],
            "dimension": [EVERYBODY],
            "level": [EVERYBODY],
            "measure": ["opted_out"],
            "value": [float(number) if shown else np.nan],
            "unit": ["count"],
            "n": pd.Series([number if shown else pd.NA], dtype=_MAYBE),
            "status": [SHOWN if shown else HIDDEN],
        }
    )


def _pooled(counts: pd.DataFrame) -> pd.DataFrame:
    """Small groups of a breakdown made one, with the people of whom it is not recorded."""
    small = (counts["quantity"] == "students") & (counts["value"] < FEWEST) & counts["dimension"].isin(BREAKDOWNS)
    named = {
        (dimension, level) for dimension, level in counts.loc[small, ["dimension", "level"]].itertuples(index=False)
    }
    named |= {(dimension, NOT_RECORDED) for dimension, _ in named}
    pairs = zip(counts["dimension"], counts["level"], strict=True)
    pooled = counts.assign(level=[OTHER if pair in named else pair[1] for pair in pairs])
    return pooled.groupby(["dimension", "level", "quantity"], sort=True)["value"].sum().reset_index()


def _cells(counts: pd.DataFrame, measures: Sequence[Measure]) -> pd.DataFrame:
    """One row a figure, with the ids of its counts, in a fixed order."""
    levels = counts[["dimension", "level"]].drop_duplicates().sort_values(["dimension", "level"], ignore_index=True)
    over = counts[counts["quantity"].str.startswith("observed_") & (counts["value"] > 0)]
    completed = {*_id(over, over["quantity"])}
    made = []
    for one in measures:
        rows = levels[levels["dimension"].isin(one.dimensions)].assign(
            view=one.view, subject=one.subject, measure=one.name
        )
        rows["n_count_id"] = _id(rows, one.of)
        rows["numerator_count_id"] = _id(rows, one.part) if one.part else None
        if one.of.startswith("observed_"):
            rows = rows[rows["n_count_id"].isin(completed)]
        made.append(rows)
    return pd.concat(made, ignore_index=True)


def _equations(counts: pd.DataFrame) -> pd.DataFrame:
    """Each breakdown makes everybody."""
    whole = counts[counts["dimension"] == EVERYBODY].set_index("quantity")["count_id"]
    parts = counts[counts["dimension"] != EVERYBODY]
    return pd.DataFrame(
        {
            "equation_id": parts["dimension"] + "|" + parts["quantity"],
            "total_count_id": parts["quantity"].map(whole),
            "part_count_id": parts["count_id"],
        }
    )


def _id(rows: pd.DataFrame, quantity: "pd.Series[str] | str") -> "pd.Series[str]":
    return rows["dimension"] + "|" + rows["level"] + "|" + quantity
