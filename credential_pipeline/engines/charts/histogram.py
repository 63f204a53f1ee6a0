"""Counts by bin on a logarithmic scale, a lane for each kind, with thresholds across all lanes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from credential_pipeline.engines.charts.render import AnyChart, unchecked
from credential_pipeline.engines.charts.scales import WORDS, toned

_LANE = 100
_FLAT = 3
_ROOM = 0.15


@dataclass(frozen=True)
class Bin:
    """A bar.

    Attributes:
        start: Lower end of the bin.
        count: Its count; 0 where too few are in it to be counted.
        tone: Color: the number of a series, or ``quiet``.
    """

    lane: str
    start: int
    count: int
    tone: str


@unchecked
def histogram(
    bins: Sequence[Bin], width: int, thresholds: Sequence[tuple[str, float]], axis: str, *, narrow: bool
) -> AnyChart:
    """Draw one lane below the other.

    Args:
        bins: The bars, lanes in their order.
        width: Width of a bin in units of the axis.
        thresholds: Name and place of each.
        axis: Title of the axis.
        narrow: True for narrow screens.
    """
    x, y = _scales(bins, width, thresholds, axis, narrow=narrow)
    lanes = list(dict.fromkeys(item.lane for item in bins))
    plot = alt.LayerChart(layer=_layers(x, y, len(thresholds)), width=270 if narrow else 700, height=_LANE)
    header = alt.Header(labelOrient="top", labelAnchor="start", labelAngle=0, labelPadding=0)
    row = alt.Row(field="lane", type="nominal", sort=lanes, title=None, header=header)
    apart = alt.Resolve(axis=alt.AxisResolveMap(y="independent"))
    data = alt.Data(values=_rows(bins, width, thresholds, lanes))
    return alt.FacetChart(data, plot, alt.FacetMapping(row=row), spacing=12, resolve=apart)


def _scales(
    bins: Sequence[Bin], width: int, thresholds: Sequence[tuple[str, float]], axis: str, *, narrow: bool
) -> tuple[Any, Any]:
    """Where a bin and a threshold stand on the axis, and how high a count is on the logarithmic scale."""
    low = min([*(item.start for item in bins), *(math.floor(place) for _, place in thresholds)])
    high = max([*(item.start + width for item in bins), *(math.ceil(place) for _, place in thresholds)])
    power = max(2, math.ceil(math.log10(max(10, *(item.count for item in bins)))))
    ticks = {"values": list(range(math.ceil(low / 8) * 8, high + 1, 16 if narrow else 8)), "format": "+~d"}
    form = "datum.value ? datum.label : '0'"
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    x = alt.X(
        field="left", type="quantitative", scale=scale, title=axis, axis=alt.Axis(**ticks, grid=False, labelExpr=form)
    )
    y = alt.Y(
        field="count",
        type="quantitative",
        title=None,
        scale=alt.Scale(type="log", domain=[5, 10 ** (power + 1)], round=True),
        axis=alt.Axis(values=[10**exponent for exponent in range(1, power + 1, 2)], format=",d"),
    )  # fmt: skip
    return x, y


def _layers(x: Any, y: Any, thresholds: int) -> list[AnyChart]:
    """Bars, marks of bins too small to be counted, the zero line, and the thresholds with their names."""
    base = alt.Chart()
    bars = (
        base.transform_filter("datum.count > 0")
        .mark_rect()
        .encode(x, alt.X2(field="right"), y, toned(alt.Fill), alt.Y2Value(_LANE))
    )
    few = base.transform_filter("datum.count === 0").mark_rect(style="few")
    marks = base.transform_filter("datum.kind == 'threshold'")
    return [
        bars,
        few.encode(x, alt.X2(field="right"), alt.YValue(_LANE - _FLAT), alt.Y2Value(_LANE)),
        base.transform_aggregate(rows="count()").mark_rule(style="zero").encode(alt.YValue(_LANE)),
        marks.mark_rule(style="mark").encode(x),
        *(
            base.transform_filter(f"datum.label === {place}")
            .mark_text(style="quiet", dx=5)
            .encode(x, alt.YValue(7 + 14 * place), WORDS)
            for place in range(thresholds)
        ),
    ]


def _rows(
    bins: Sequence[Bin], width: int, thresholds: Sequence[tuple[str, float]], lanes: Sequence[str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "kind": "bin",
            "lane": item.lane,
            "left": item.start + _ROOM,
            "right": item.start + width - _ROOM,
            "count": item.count,
            "tone": item.tone,
        }
        for item in bins
    ]
    rows += [
        {"kind": "threshold", "lane": lane, "left": at, "text": name, "label": place if lane == lanes[0] else None}
        for lane in lanes
        for place, (name, at) in enumerate(thresholds)
    ]
    return rows
