"""Small charts for the Dagster UI, drawn from a query over aggregates: counts and rates of groups, never rows of people.

Altair is loaded when the first chart is drawn, since it costs a second.
"""

from typing import Any

import dagster as dg

from credential_pipeline.foundation.storage.engine import Connection


def bars(con: Connection, query: str, alternative: str) -> dg.MarkdownMetadataValue:
    """A bar chart of a query's first column (category) and second column (value)."""
    from credential_pipeline.engines.charts.png import png_bars, png_markdown

    category, value, rows = _rows(con, query)
    return dg.MetadataValue.md(png_markdown(png_bars(rows, category, value), alternative))


def line(con: Connection, query: str, alternative: str, unit: str = "") -> dg.MarkdownMetadataValue:
    """A line chart of a query's first column (position) and second column (value)."""
    from credential_pipeline.engines.charts.png import png_line, png_markdown

    position, value, rows = _rows(con, query)
    return dg.MetadataValue.md(png_markdown(png_line(rows, position, value, unit=unit), alternative))


def _rows(con: Connection, query: str) -> tuple[str, str, list[dict[str, Any]]]:
    result = con.execute(query)
    names = [column[0] for column in result.description or []]
    return names[0], names[1], [dict(zip(names, row, strict=True)) for row in result.fetchall()]
