"""Cells of a release made by hand, those of the sample, and what a report is told of them."""

from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes.cells import DIMENSIONS, Cell, Release, read_cells
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.labels import Naming
from tests.domain.public import released_sample as sample
from tests.domain.public.released_rows import released_row


def cells_by_id():
    """The cells of the sample as they are read."""
    with connect() as con:
        sample.load(con)
        return {cell.cell_id: cell for cell in read_cells(con, sample.INDUSTRY)}


def context(cells, labels=None):
    return Context(Release(tuple(cells), "first"), Naming(labels or sample.LABELS), "manufacturing", ("31",), 2023)


def cell(value, horizon, status=1, measure="earnings_p50", table="earnings_overall", unit="usd", **at):
    row = released_row(table, measure, value, unit, horizon, status=status, **at)
    place = {name: row[name] for name in DIMENSIONS}
    kept = {
        key: row[key]
        for key in (
            "cell_id",
            "table",
            "measure",
            "horizon",
            "value",
            "unit",
            "n",
            "low",
            "high",
            "status",
            "definition",
            "attribution",
        )
    }
    return Cell(at=place, **kept)
