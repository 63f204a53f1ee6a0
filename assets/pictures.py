"""Draws a hop's charts for the Dagster UI.

Altair is loaded when the first chart is drawn, since it costs a second.
"""

from typing import Any

import dagster as dg

from assets.hop import Chart
from credential_pipeline.foundation.storage.engine import Connection


def draw(con: Connection, chart: Chart) -> dg.MarkdownMetadataValue:
    """A chart of a query's first column (category or position) and second column (value)."""
    from credential_pipeline.engines.charts.png import png_bars, png_line, png_markdown

    first, second, rows = _rows(con, chart.query)
    png = png_bars(rows, first, second) if chart.kind == "bars" else png_line(rows, first, second, unit=chart.unit)
    return dg.MetadataValue.md(png_markdown(png, chart.title))


def _rows(con: Connection, query: str) -> tuple[str, str, list[dict[str, Any]]]:
    result = con.execute(query)
    names = [column[0] for column in result.description or []]
    return names[0], names[1], [dict(zip(names, row, strict=True)) for row in result.fetchall()]
