"""Rows of ``partner_figures`` from the counts of a view. Not here: what a view counts (certifier.py, institution.py)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from credential_pipeline.clearinghouse.return_files.protection import MISSING, SHOWN
from credential_pipeline.clearinghouse.return_files.views.protected import Share, protected
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

SHAPE: Mapping[str, str] = SNAPSHOT.table("partner_figures").schema
COLUMNS = tuple(name for name in SHAPE if name not in {"partner", "view"})


def people(work: Scratch, counts: Relation, shares: Sequence[Share], parted: Sequence[str]) -> Relation:
    """Figures of people, after disclosure control; see :func:`protected`."""
    frame = work.con.execute(
        f"SELECT subject, dimension, level, quantity, value FROM {counts.needs('subject', 'value')} ORDER BY ALL"
    ).df()
    return of_frame(work, protected(frame, shares, parted))


def of_frame(work: Scratch, figures: pd.DataFrame) -> Relation:
    """Figures that were made outside the connection."""
    made = work.frame("figures", figures.astype({"value": "float64", "n": "Int64", "status": "int64"}))
    return work.table(
        "figures", f"SELECT {', '.join(f'CAST({name} AS {SHAPE[name]}) AS {name}' for name in COLUMNS)} FROM {made}"
    )


def rows_sent(work: Scratch, counts: Relation) -> Relation:
    """Counts of rows, which are told as they are: they describe files and nobody."""
    return work.table(
        "figures",
        f"SELECT subject, dimension, level, measure, CAST(value AS DOUBLE) AS value, 'count' AS unit,"
        f" CAST(NULL AS BIGINT) AS n, CAST(CASE WHEN value IS NULL THEN {MISSING} ELSE {SHOWN} END AS INTEGER) AS status"
        f" FROM {counts.needs('subject', 'measure', 'value')}",
    )


def released(work: Scratch, published: Path | None, condition: str, parameters: Mapping[str, object]) -> Relation:
    """What is public already of some cells, as it was printed.

    Args:
        work: Where the rows live.
        published: The newest ``outcomes.csv``; without one there is no row.
        condition: Which cells, as SQL on the columns of the file, which are texts.
        parameters: Values for its placeholders.
    """
    if published is None:
        return work.rows("released", {name: SHAPE[name] for name in COLUMNS}, [])
    cells = work.table(
        "cells",
        f"SELECT * FROM read_csv({literal(str(published))}, header = true, all_varchar = true) WHERE {condition}",
        dict(parameters),
    )
    return work.table("released", statement(__package__, "released.sql", cells=cells))


def together(work: Scratch, partner: str, view: str, parts: Sequence[Relation]) -> Relation:
    """The figures of one partner."""
    union = " UNION ALL ".join(f"SELECT {', '.join(COLUMNS)} FROM {part}" for part in parts)
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in SHAPE.items())
    return work.table(
        "partner_figures",
        f"SELECT {columns} FROM (SELECT $partner AS partner, $view AS view, * FROM ({union})) ORDER BY ALL",
        {"partner": partner, "view": view},
    )
