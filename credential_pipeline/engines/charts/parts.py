"""One bar of a whole, cut into its parts; hidden parts share what is left, hatched. Its legend stands in the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from credential_pipeline.engines.charts.render import AnyChart, unchecked
from credential_pipeline.engines.charts.scales import toned

_WIDTH, _HEIGHT = 700, 36


@dataclass(frozen=True)
class Part:
    """A part of the whole.

    Attributes:
        value: Share of the whole, 0 to 1; None if hidden.
        text: The share in words.
        tone: Color: the number of a series, or ``quiet``.
    """

    name: str
    value: float | None
    text: str
    tone: str


@unchecked
def parts(rows: Sequence[Part]) -> AnyChart:
    """Draw the parts in their order."""
    x = alt.X(field="left", type="quantitative", scale=alt.Scale(domain=[0, 1], round=True), axis=None)
    base = alt.Chart().encode(x, alt.X2(field="right"))
    shown = base.transform_filter("!datum.hidden").mark_rect(style="part").encode(toned(alt.Fill))
    hidden = base.transform_filter("datum.hidden").mark_rect(style="hidden")
    return alt.LayerChart(alt.Data(values=cuts(rows)), [shown, hidden], width=_WIDTH, height=_HEIGHT)


def cuts(rows: Sequence[Part]) -> list[dict[str, object]]:
    """Where each part begins and ends."""
    unseen = sum(row.value is None for row in rows)
    rest = max(0.0, 1.0 - sum(row.value or 0.0 for row in rows))
    left, made = 0.0, []
    for row in rows:
        right = left + (row.value if row.value is not None else rest / unseen)
        made.append({"tone": row.tone, "left": left, "right": right, "hidden": row.value is None})
        left = right
    return made


def swatches(rows: Sequence[Part]) -> list[tuple[str, str]]:
    """The legend of the bar: kind of swatch and text of each part."""
    return [("hatch" if row.value is None else f"c{row.tone}", f"{row.name}: {row.text}") for row in rows]
