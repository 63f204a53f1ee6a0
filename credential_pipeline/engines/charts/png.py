"""Small PNG pictures of aggregates for the Dagster UI, which shows Markdown with embedded images.

They take the caller's rows as they are. Give them counts, rates and amounts of groups, never rows of people.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from credential_pipeline.engines.charts.bars import Bar, Layout, bars
from credential_pipeline.engines.charts.render import png
from credential_pipeline.engines.charts.scales import number

Rows = Sequence[Mapping[str, Any]]


def png_bars(rows: Rows, category: str, value: str, *, unit: str = "") -> bytes:
    """A horizontal bar chart as PNG, in the order of the rows.

    Args:
        rows: One mapping a bar.
        category: Key of the name.
        value: Key of the length; a row with None has no bar and says ``not shown``.
        unit: usd, share or empty; decides the format of the axis.

    Returns:
        The bytes of a PNG, about 480 pixels wide.
    """
    made = [
        Bar(str(row[category]), row[value], "not shown" if row[value] is None else number(row[value], unit))
        for row in rows
    ]
    ends = [end for bar in made for end in bar.ends]
    return png(bars(made, Layout(300, False, min([0, *ends]), max([0, *ends]) or 1, unit)))  # noqa: FBT003


def png_markdown(picture: bytes, alternative: str) -> str:
    """An image for ``MetadataValue.md``: the bytes inside a data URL, with an alternative text."""
    return f"![{alternative}](data:image/png;base64,{base64.b64encode(picture).decode()})"
