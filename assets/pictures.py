"""A hop's figures for the Dagster UI: numbers that it plots over the versions, and a picture where a shape tells more.

Altair is loaded when the first picture is drawn, since it costs a second.
"""

from typing import Any

import dagster as dg

from assets.hop import Chart
from credential_pipeline.foundation.storage.engine import Connection


def shown(con: Connection, name: str, chart: Chart) -> dict[str, Any]:
    """Metadata of a query's first column (category or position) and second column (value).

    Returns:
        A number per category, under ``name/category``; or one picture, under ``name``.
    """
    result = con.execute(chart.query)
    first, second = (column[0] for column in result.description or [])
    rows = result.fetchall()
    if chart.kind == "numbers":
        return {f"{name}/{category}": value for category, value in rows if value is not None}
    from credential_pipeline.engines.charts.png import png_bars, png_markdown

    png = png_bars([{first: category, second: value} for category, value in rows], first, second)
    return {name: dg.MetadataValue.md(png_markdown(png, chart.title))}
