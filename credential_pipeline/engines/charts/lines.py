"""Lines over years around a marked year 0: several series in one chart, or a panel for each series.

Hidden years break the line and are marked by a hatch, so that they can be taken neither for zero nor for a gap in the
data: in one chart in a strip below it, a row for each series; in a panel across the whole height.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

from credential_pipeline.engines.charts import theme
from credential_pipeline.engines.charts.render import AnyChart, unchecked
from credential_pipeline.engines.charts.scales import WORDS, amounts, ceiling, in_lines, spread

_STEP = 18
_GAP = 15.0
_LETTER = 6.3
_LOW = 200
_ROOMY = 400
_NARROW = 200
_HALF = 0.4
_BREAK = "break-paths-filter-domains"


@dataclass(frozen=True)
class Point:
    """One year of a series.

    Attributes:
        value: None where the figure exists and is hidden; a year without a figure has no point.
        low: Lower end of the band; None if not given.
        high: Upper end of the band.
    """

    series: str
    year: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Frame:
    """Size of a chart or panel in pixels, unit of its values, and the words of its axis.

    Attributes:
        unit: usd or share.
        top: Greatest value of the axis; a round one above every point if None.
        marked: What year 0 is; empty to leave it unmarked.
        axis: Title of the year axis.
    """

    width: int
    height: int
    unit: str
    top: float | None = None
    marked: str = "award year"
    axis: str = "Years before (\N{MINUS SIGN}) and after the award"


def years_of(points: Sequence[Point]) -> list[int]:
    """The years that occur, ascending."""
    return sorted({point.year for point in points})


def names_of(points: Sequence[Point]) -> list[str]:
    """The series in the order of their first points, which is that of their colors and dashes."""
    return list(dict.fromkeys(point.series for point in points))


def top_of(points: Sequence[Point], frame: Frame) -> float:
    """Upper end of the value axis."""
    if frame.top is not None:
        return frame.top
    return ceiling((max(p.value, p.high or 0) for p in points if p.value is not None), frame.unit)


@unchecked
def lines(points: Sequence[Point], frame: Frame) -> AnyChart:
    """All series in one chart, named at their ends, with a strip of hidden years below."""
    x = _years(years_of(points), frame)
    y = alt.Y(field="value", **amounts(frame.unit, (0, top_of(points, frame)), 4 if frame.height < _LOW else 5))
    names = names_of(points)
    color = _series(alt.Color, names)
    shown = alt.Chart(alt.Data(values=_rows(points, frame)))
    drawn = shown.mark_line(strokeWidth=2.4, invalid=_BREAK).encode(x, y, color, _dashes(names))
    dots = shown.mark_point(style="year").transform_filter("datum.dot")
    layers = [*_marked_year(points, frame), drawn, dots.encode(x, y, _series(alt.Fill, names))]
    named = alt.Text(field="series", type="nominal")
    layers.append(_end_names(points, frame).encode(alt.XValue(frame.width), y, color, named))
    plot = alt.LayerChart(layer=layers, width=frame.width, height=frame.height)
    hidden = [point for point in points if point.value is None]
    return alt.vconcat(plot, _strip(hidden, names, frame, years_of(points)), spacing=2) if hidden else plot


def _rows(points: Sequence[Point], frame: Frame) -> list[dict[str, Any]]:
    """Points as data; a dot marks every year where there is room, else only a year that no line reaches."""
    known = {(point.series, point.year) for point in points if point.value is not None}
    rows: list[dict[str, Any]] = []
    for p in points:
        alone = not {(p.series, p.year - 1), (p.series, p.year + 1)} & known
        dot = p.value is not None and (alone or frame.width >= _ROOMY)
        rows.append({"series": p.series, "x": p.year, "value": p.value, "low": p.low, "high": p.high, "dot": dot})
    return rows


def _years(years: Sequence[int], frame: Frame) -> alt.X:
    shown = list(years) if frame.width >= _NARROW else [year for year in years if (year - years[-1]) % 2 == 0]
    axis = {"values": shown, "tickCount": len(shown), "format": "d", "grid": False, "domain": True}
    return alt.X(field="x", type="quantitative", scale=_span(years), axis=alt.Axis(**axis, title=frame.axis or None))


def _span(years: Sequence[int]) -> alt.Scale:
    return alt.Scale(domain=[years[0] - _HALF, years[-1] + _HALF], nice=False, zero=False, round=True)


def _series(channel: Any, names: Sequence[str]) -> Any:
    return channel(field="series", type="nominal", scale=alt.Scale(domain=list(names)), legend=None)


def _dashes(names: Sequence[str]) -> alt.StrokeDash:
    dashes = [theme.DASHES[place % len(theme.DASHES)] for place in range(len(names))]
    return alt.StrokeDash(
        field="series", type="nominal", scale=alt.Scale(domain=list(names), range=dashes), legend=None
    )


def _marked_year(points: Sequence[Point], frame: Frame) -> list[alt.Chart]:
    if not frame.marked or 0 not in years_of(points):
        return []
    zero = alt.Chart(alt.Data(values=[{"x": 0, "text": frame.marked}]))
    at = alt.X(field="x", type="quantitative")
    words = zero.mark_text(style="quiet", dx=5).encode(at, alt.YValue(7), WORDS)
    return [zero.mark_rule(style="mark").encode(at), words]


def _end_names(points: Sequence[Point], frame: Frame) -> alt.Chart:
    """Names at the right end of the lines, moved apart where they would overlap."""
    top = top_of(points, frame)
    ends: dict[str, float] = {}
    for point in points:
        if point.value is not None:
            ends[point.series] = frame.height * (1 - point.value / top)
    ordered = sorted(ends, key=lambda name: (ends[name], name))
    places = spread([ends[name] for name in ordered], _GAP, frame.height)
    rows = [
        {"series": name, "value": top * (1 - place / frame.height)} for name, place in zip(ordered, places, strict=True)
    ]
    return alt.Chart(alt.Data(values=rows)).mark_text(style="name", dx=8)


def _strip(hidden: Sequence[Point], names: Sequence[str], frame: Frame, years: Sequence[int]) -> alt.Chart:
    """A row of hatched squares for each series with hidden years."""
    rows = [{"series": p.series, "x": p.year, "name": f"{p.series}: no figure"} for p in hidden]
    axis = alt.Axis(orient="right", grid=False, labelLimit=400, labelPadding=8)
    return (
        alt.Chart(alt.Data(values=rows), width=frame.width, height={"step": _STEP})
        .mark_point(style="hidden-mark")
        .encode(
            alt.X(field="x", type="quantitative", scale=_span(years), axis=None),
            alt.Y(field="name", type="nominal", sort=None, title=None, axis=axis),
            _series(alt.Stroke, names),
        )
    )


@unchecked
def panels(points: Sequence[Point], frame: Frame, columns: int) -> AnyChart:
    """Small multiples: a panel for each series, with the others in grey and the band where it is given."""
    years, names = years_of(points), names_of(points)
    titles = {name: in_lines(name, round(frame.width / _LETTER)) for name in names}
    rows = [row for name in names for row in _panel(points, name, titles[name], frame)]
    x = _years(years, replace(frame, axis=""))
    y = amounts(frame.unit, (0, top_of(points, frame)), 4)
    value = alt.Y(field="value", **y)
    color, fill = _series(alt.Color, names), _series(alt.Fill, names)
    order = alt.Order(field="order", type="quantitative")
    base = alt.Chart()
    layers = [
        _only(base.mark_rect(style="hidden", strokeWidth=0), "hidden").encode(alt.X(field="left", type="quantitative"), alt.X2(field="right")),
        _only(base.mark_rule(style="mark"), "zero").encode(x),
        _only(base.mark_text(style="quiet", dx=5), "zero").encode(x, alt.YValue(7), WORDS),
        _only(base.mark_line(style="others", strokeWidth=1.4, invalid=_BREAK), "others").encode(x, value, order),
        _only(base.mark_area(style="band", invalid=_BREAK), "own").encode(
            x, alt.Y(field="low", **y), alt.Y2(field="high"), fill
        ),
        _only(base.mark_line(strokeWidth=2.4, invalid=_BREAK), "own").encode(x, value, color, _dashes(names)),
        base.mark_point(style="year").transform_filter("datum.kind == 'own' && datum.dot").encode(x, value, fill),
    ]  # fmt: skip
    header = alt.Header(
        labelAnchor="start", labelLimit=frame.width + 40, labelPadding=4, titleOrient="bottom", titleAnchor="start"
    )
    facet = alt.Facet(field="panel", type="nominal", sort=list(titles.values()), title=frame.axis, header=header)
    panel = alt.LayerChart(layer=layers, width=frame.width, height=frame.height)
    apart = alt.Resolve(axis=alt.AxisResolveMap(x="independent"))
    return alt.FacetChart(alt.Data(values=rows), panel, facet, columns=columns, spacing=14, resolve=apart)


def _only(chart: alt.Chart, kind: str) -> alt.Chart:
    return chart.transform_filter(f"datum.kind == '{kind}'")


def _panel(points: Sequence[Point], name: str, title: str, frame: Frame) -> list[dict[str, Any]]:
    """Rows of one panel: its own series, the others as one line with breaks, hidden years, the marked year."""
    panel = {"panel": title}
    rows: list[dict[str, Any]] = []
    place = 0
    for other in names_of(points):
        if other == name:
            continue
        for point in (*(p for p in points if p.series == other), None):
            value = point.value if point else None
            rows.append(panel | {"kind": "others", "x": point.year if point else 0, "value": value, "order": place})
            place += 1
    own = [point for point in points if point.series == name]
    rows += [panel | {"kind": "own"} | row for row in _rows(own, frame)]
    rows += [
        panel | {"kind": "hidden", "left": point.year - _HALF, "right": point.year + _HALF}
        for point in own
        if point.value is None
    ]
    if frame.marked and 0 in years_of(points):
        rows.append(panel | {"kind": "zero", "x": 0, "text": frame.marked})
    return rows
