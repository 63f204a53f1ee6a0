"""Small PNG pictures of aggregates for the Dagster UI, which shows Markdown with embedded images.

They take the caller's rows as they are. Give them counts, rates and amounts of groups, never rows of people.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert as vlc

from credential_pipeline.engines.charts.palette import DASHES, INK, PAPER, SERIES
from credential_pipeline.engines.charts.svg import specification

Rows = Sequence[Mapping[str, Any]]


def png_line(rows: Rows, x: str, y: str, series: str | None = None, *, title: str = "", unit: str = "") -> bytes:
    """A line chart as PNG.

    Args:
        rows: One mapping a point.
        x: Key of the position, a number.
        y: Key of the value; None breaks the line.
        series: Key of the series; one line if None.
        title: Heading.
        unit: usd, share or empty; decides the format of the axis.

    Returns:
        The bytes of a PNG, about 480 pixels wide.
    """
    base = alt.Chart(alt.Data(values=[dict(row) for row in rows])).mark_line(point=True, strokeWidth=2.2)
    encoded = base.encode(
        x=alt.X(field=x, type="quantitative", title=x, axis=alt.Axis(format="d", tickMinStep=1)),
        y=alt.Y(field=y, type="quantitative", title=None, axis=alt.Axis(format=_format(unit))),
    )
    if series:
        encoded = encoded.encode(
            color=alt.Color(field=series, type="nominal", title=None, scale=alt.Scale(range=list(SERIES))),
            strokeDash=alt.StrokeDash(
                field=series, type="nominal", title=None, scale=alt.Scale(range=[list(d) for d in DASHES])
            ),
        )
    else:
        encoded = encoded.encode(color=alt.value(SERIES[0]))
    return _png(encoded.properties(width=380, height=200, title=title))


def png_bars(rows: Rows, category: str, value: str, *, title: str = "", unit: str = "") -> bytes:
    """A horizontal bar chart as PNG, in the order of the rows.

    Args:
        rows: One mapping a bar.
        category: Key of the name.
        value: Key of the length; a row with None has no bar and says ``not shown``.
        title: Heading.
        unit: usd, share or empty; decides the format of the axis.
    """
    data = [
        {"c": str(row[category]), "v": row[value], "t": "" if row[value] is not None else "not shown"} for row in rows
    ]
    base = alt.Chart(alt.Data(values=data))
    names = alt.Y("c:N", sort=None, title=None, axis=alt.Axis(labelLimit=220))
    bars = base.mark_bar(color=SERIES[0]).encode(
        y=names, x=alt.X("v:Q", title=None, axis=alt.Axis(format=_format(unit)))
    )
    words = base.mark_text(align="left", color=INK, fontStyle="italic").encode(y=names, x=alt.value(4), text="t:N")
    return _png(alt.layer(bars, words).properties(width=300, height={"step": 22}, title=title))


def png_markdown(png: bytes, alternative: str) -> str:
    """An image for ``MetadataValue.md``: the bytes inside a data URL, with an alternative text."""
    return f"![{alternative}](data:image/png;base64,{base64.b64encode(png).decode()})"


def _format(unit: str) -> str:
    return {"usd": "$~s", "share": ".0%"}.get(unit, "~s")


def _png(chart: alt.Chart | alt.LayerChart) -> bytes:
    content = specification(chart)
    content["config"] = content["config"] | {"background": PAPER}  # Dagster's dark mode would swallow dark text
    return bytes(vlc.vegalite_to_png(content, scale=1.0))
