"""Horizontal charts, a row for each category: bars, values with their band, and ranges from before to after.

Names stand left of the rows on wide screens and above them on narrow ones. A hidden row is a hatched block that says so
in words. Rows with a group stand in a panel of that group, under one axis.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from credential_pipeline.engines.charts.render import AnyChart, unchecked
from credential_pipeline.engines.charts.scales import WORDS, amounts, in_lines, short, toned

_BLOCK = 56
_DIGITS = 4
_HIDDEN = "datum.value == null"
_SHOWN = "datum.value != null"


@dataclass(frozen=True)
class Bar:
    """What one row shows.

    Attributes:
        name: Readable category.
        value: Main figure; None if hidden or missing, and then ``text`` says so.
        text: The figure in words, beside the mark.
        start: Earlier value (dumbbells), or the whole that the value is part of (bars).
        low: Lower end of a range or band.
        high: Upper end.
        tone: Color of the row: the number of a series, or ``quiet``.
        group: Panel of the row; empty if the chart has none.
        reach: Ends of a wider range, drawn fainter around the band; None if the row has none.
    """

    name: str
    value: float | None
    text: str
    start: float | None = None
    low: float | None = None
    high: float | None = None
    tone: str = "1"
    group: str = ""
    reach: tuple[float, float] | None = None

    @property
    def ends(self) -> list[float]:
        """Every amount that the row shows."""
        return [part for part in (self.value, self.start, self.low, self.high, *(self.reach or ())) if part is not None]


@dataclass(frozen=True)
class Layout:
    """Width of the plot in pixels, range and unit of its axis, and where the names stand."""

    width: int
    narrow: bool
    low: float
    high: float
    unit: str


def layout(bars: Sequence[Bar], unit: str, *, narrow: bool) -> Layout:
    """A layout whose axis holds every amount of the rows and zero."""
    values = [part for bar in bars for part in bar.ends]
    high = max([0.0, *values]) or 1.0
    return Layout(width=230 if narrow else 430, narrow=narrow, low=min([0.0, *values]), high=high, unit=unit)


def shapes(
    build: Callable[[Sequence[Bar], Layout], AnyChart], rows: Sequence[Bar], unit: str, every: Sequence[Bar] = ()
) -> tuple[AnyChart, AnyChart]:
    """A chart of rows for wide and for narrow screens; ``every`` are the rows of all charts that share its axis."""
    wide, narrow = (build(rows, layout(every or rows, unit, narrow=shape)) for shape in (False, True))
    return wide, narrow


Drawer = Callable[[alt.Chart, "_Channels"], list[alt.Chart]]
"""What draws the rows that are shown."""


def bars(rows: Sequence[Bar], place: Layout) -> AnyChart:
    """Bars from zero; with ``start`` a wider pale bar of the whole behind, with ``high`` paler up to where it may reach."""

    def draw(shown: alt.Chart, at: "_Channels") -> list[alt.Chart]:
        whole = shown.transform_filter("datum.start != null")
        return [
            whole.mark_bar(style="whole", size=16).encode(at.x("start"), at.y),
            shown.transform_filter("datum.high != null").mark_bar(style="band", size=16).encode(
                at.x("high"), at.y, toned(alt.Fill)
            ),
            shown.transform_filter("datum.start == null").mark_bar(size=16).encode(at.x("value"), at.y, toned(alt.Fill)),
            whole.mark_bar(size=9).encode(at.x("value"), at.y, toned(alt.Fill)),
        ]  # fmt: skip

    return _rows(rows, place, draw)


def intervals(rows: Sequence[Bar], place: Layout) -> AnyChart:
    """A dot on a stem from zero, with the band around it, and fainter the wider range, where they are given."""

    def draw(shown: alt.Chart, at: "_Channels") -> list[alt.Chart]:
        wider = shown.transform_filter("datum.least != null")
        wide = alt.X2(field="most")
        faint = [wider.mark_bar(style="faint-band", size=9).encode(at.x("least"), wide, at.y, toned(alt.Fill))]
        return [
            *(faint if any(row.reach for row in rows) else []),
            shown.mark_bar(size=2).encode(at.x("value"), at.y, toned(alt.Fill)),
            shown.mark_bar(style="band", size=9).encode(at.x("low"), alt.X2(field="high"), at.y, toned(alt.Fill)),
            shown.mark_point(style="dot").encode(at.x("value"), at.y, toned(alt.Fill)),
        ]

    return _rows(rows, place, draw)


def dumbbells(rows: Sequence[Bar], place: Layout) -> AnyChart:
    """Before (hollow dot) and after (dot) on one line, over the range of the later one where it is given."""

    def draw(shown: alt.Chart, at: "_Channels") -> list[alt.Chart]:
        earlier = shown.transform_filter("datum.start != null")
        return [
            shown.mark_bar(style="band", size=11).encode(at.x("low"), alt.X2(field="high"), at.y, toned(alt.Fill)),
            earlier.mark_bar(size=2).encode(at.x("start"), alt.X2(field="value"), at.y, toned(alt.Fill)),
            earlier.mark_point(style="hollow").encode(at.x("start"), at.y, toned(alt.Stroke)),
            shown.mark_point(style="dot").encode(at.x("value"), at.y, toned(alt.Fill)),
        ]

    return _rows(rows, place, draw)


class _Channels:
    """The channels that the layers of one chart share."""

    def __init__(self, place: Layout) -> None:
        """Make the axis of amounts, the axis of names and the colors."""
        self._amounts = amounts(place.unit, (place.low, place.high), 4 if place.narrow else 5)
        self.y = alt.Y(
            field="name", type="nominal", title=None, scale=alt.Scale(padding=0), axis=alt.Axis(**_names(place))
        )

    def x(self, field: str) -> alt.X:
        """Position on the axis of amounts."""
        return alt.X(field=field, **self._amounts)


def _names(place: Layout) -> dict[str, Any]:
    plain = {"grid": False, "labelLimit": 400, "labelExpr": f"slice(datum.value, {_DIGITS})"}
    if place.narrow:  # above the row, from the left end of the plot
        return plain | {"labelAlign": "left", "labelBaseline": "bottom", "labelOffset": -12, "labelPadding": -3}
    return plain | {"minExtent": 240, "labelPadding": 10}


@unchecked
def _rows(rows: Sequence[Bar], place: Layout, draw: Drawer) -> AnyChart:
    at = _Channels(place)
    base = alt.Chart()
    hidden, shown = base.transform_filter(_HIDDEN), base.transform_filter(_SHOWN)
    words = {"dx": 8}
    layers = [
        hidden.mark_bar(style="hidden", size=12).encode(at.x("end"), at.y),
        hidden.mark_text(style="quiet", **words).encode(at.x("end"), at.y, WORDS),
        *draw(shown, at),
        base.transform_aggregate(rows="count()").mark_rule(style="zero").encode(alt.XDatum(0)),
        shown.mark_text(style="words", **words).encode(at.x("end"), at.y, WORDS),
    ]
    data = alt.Data(values=[_row(number, bar, place) for number, bar in enumerate(rows)])
    long = any("\n" in _name(bar.name, place) for bar in rows)
    size = {"width": place.width, "height": {"step": 46 if place.narrow else 34 if long else 26}}
    groups = list(dict.fromkeys(bar.group for bar in rows))
    if groups in ([""], []):
        return alt.LayerChart(data, layers, **size)
    header = alt.Header(
        labelOrient="top", labelAnchor="start", labelAngle=0, labelPadding=0, labelLimit=place.width + 240
    )
    row = alt.Row(field="group", type="nominal", sort=groups, title=None, header=header)
    apart = alt.Resolve(scale=alt.ScaleResolveMap(y="independent"))
    panel = alt.LayerChart(layer=layers, **size)
    return alt.FacetChart(data, panel, alt.FacetMapping(row=row), spacing=14, resolve=apart)


def _name(name: str, place: Layout) -> str:
    return short(name, 52) if place.narrow else in_lines(name, 38)


def _row(number: int, bar: Bar, place: Layout) -> dict[str, Any]:
    block = place.low if place.low > 0 else 0.0
    hidden = block + _BLOCK / place.width * (place.high - place.low)
    wider = {} if bar.reach is None else dict(zip(("least", "most"), bar.reach, strict=True))
    return wider | {
        "name": f"{number:0{_DIGITS}d}{_name(bar.name, place)}",  # the number keeps the order, and names apart
        "group": bar.group,
        "value": bar.value,
        "start": bar.start,
        "low": bar.low,
        "high": bar.high,
        "tone": bar.tone,
        "text": bar.text,
        "end": hidden if bar.value is None else max(0.0, *bar.ends),
    }
