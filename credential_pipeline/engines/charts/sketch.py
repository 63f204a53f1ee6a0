"""A chart as a handful of Altair layers: boxes, rules, lines, dots and words that are placed by value or by pixel.

Marks of one look go into one layer with their positions as data: a layer for each mark would take Altair minutes.
Not here: what is drawn (draw_lines.py, draw_rows.py) and how it becomes SVG (svg.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
from altair.utils.schemapi import debug_mode

from credential_pipeline.engines.charts.palette import INK, PAPER
from credential_pipeline.engines.charts.svg import AnyChart

Domain = tuple[float, float]
#: Axis labels without "$0k".
ZERO = "datum.value == 0 ? replace(datum.label, /[kM]/, '') : datum.label"
_KINDS = ("rect", "rule", "line", "point", "text")


class Sketch:
    """Collects marks in the coordinates of the two axes; ``chart`` gives the drawing."""

    def __init__(self, width: int, height: int, x: Domain, y: Domain) -> None:
        """Set the size in pixels, and the values at the left and right, and at the lower and upper end."""
        self.width, self.height = width, height
        self._x, self._y = x, y
        self._layers: dict[tuple[str, tuple[tuple[str, Any], ...]], list[dict[str, Any]]] = {}
        self._lines: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []

    def right(self, pixels: float) -> float:
        """Value on the x axis at a distance from the left end."""
        return self._x[0] + pixels / self.width * (self._x[1] - self._x[0])

    def down(self, pixels: float) -> float:
        """Value on the y axis at a distance from the upper end."""
        return self._y[1] - pixels / self.height * (self._y[1] - self._y[0])

    def pixel(self, x: float) -> float:
        """Distance of a value from the left end, in pixels."""
        return (x - self._x[0]) / (self._x[1] - self._x[0]) * self.width

    def box(self, x: Domain, y: Domain, fill: str, stroke: str = "", line: float = 1) -> None:
        """A rectangle between two values on each axis."""
        look = {"stroke": stroke, "strokeWidth": line} if stroke else {}
        self._add("rect", look, {"x": x[0], "x2": x[1], "y": y[0], "y2": y[1], "fill": fill})

    def rule(
        self, x: Domain, y: Domain, ink: str, width: float = 1, *, opacity: float = 1, dash: Sequence[int] = ()
    ) -> None:
        """A straight stroke."""
        look = {"strokeWidth": width, "opacity": opacity} | ({"strokeDash": tuple(dash)} if dash else {})
        self._add("rule", look, {"x": x[0], "x2": x[1], "y": y[0], "y2": y[1], "stroke": ink})

    def line(self, points: Sequence[tuple[float, float | None]], ink: str, width: float, dash: Sequence[int]) -> None:
        """A line through points; it breaks at missing ones."""
        look = {"color": ink, "strokeWidth": width, "strokeDash": list(dash), "invalid": "break-paths-filter-domains"}
        self._lines.append((look, [{"x": x, "y": y} for x, y in points]))

    def dot(
        self,
        x: float,
        y: float,
        fill: str,
        stroke: str = PAPER,
        *,
        size: float = 40,
        line: float = 1,
        shape: str = "circle",
    ) -> None:
        """A dot or a square."""
        look = {"size": size, "strokeWidth": line, "shape": shape, "filled": True, "opacity": 1}
        self._add("point", look, {"x": x, "y": y, "fill": fill, "stroke": stroke})

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ink: str = INK,
        align: str = "left",
        size: float = 12,
        strong: bool = False,
    ) -> None:
        """A line of text, centred in height on its position."""
        look = {"align": align, "baseline": "middle", "fontSize": size, "fontWeight": 600 if strong else "normal"}
        self._add("text", look, {"x": x, "y": y, "text": text, "fill": ink})

    def room(self, left: float, right: float) -> None:
        """Keep so many pixels free beside the plot, whatever the words need, so that charts of a figure line up."""
        for place in (-left, self.width + right):
            self.dot(self.right(place), self.down(0), "transparent", "transparent", size=1)

    def _add(self, kind: str, look: Mapping[str, Any], row: dict[str, Any]) -> None:
        self._layers.setdefault((kind, tuple(look.items())), []).append(row)

    def chart(self, x_axis: Mapping[str, Any] | None = None, y_axis: Mapping[str, Any] | None = None) -> AnyChart:
        """The drawing; axes as keyword arguments of ``altair.Axis``, None for no axis."""
        # Altair's validation of every part takes ten times as long as the drawing; tests render every chart.
        with debug_mode(arg=False):
            return self._chart(x_axis, y_axis)

    def _chart(self, x_axis: Mapping[str, Any] | None, y_axis: Mapping[str, Any] | None) -> AnyChart:
        x = _position(alt.X, self._x, x_axis)
        y = _position(alt.Y, self._y, y_axis)
        layers: list[AnyChart] = []
        for kind in _KINDS:
            if kind == "line":
                layers += [_mark(kind, look, rows).encode(x, y) for look, rows in self._lines]
            for (name, look), rows in self._layers.items():
                if name == kind:
                    layers.append(_mark(kind, dict(look), rows).encode(x, y, *_channels(rows[0])))
        drawing: AnyChart = alt.layer(*layers).properties(width=self.width, height=self.height)
        return drawing


def _position(channel: Any, domain: Domain, axis: Mapping[str, Any] | None) -> Any:
    name = "x" if channel is alt.X else "y"
    shown = alt.Axis(**axis) if axis is not None else None
    return channel(
        field=name,
        type="quantitative",
        scale=alt.Scale(domain=list(domain), nice=False, zero=False),
        title=None,
        axis=shown,
    )


def _mark(kind: str, look: Mapping[str, Any], rows: list[dict[str, Any]]) -> Any:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in look.items()}
    return getattr(alt.Chart(alt.Data(values=rows)), f"mark_{kind}")(**plain)


def _channels(row: Mapping[str, Any]) -> list[Any]:
    channels: list[Any] = []
    if "x2" in row:
        channels += [alt.X2(field="x2"), alt.Y2(field="y2")]
    if "fill" in row:
        channels.append(alt.Fill(field="fill", type="nominal", scale=None, legend=None))
    if "stroke" in row:
        channels.append(alt.Stroke(field="stroke", type="nominal", scale=None, legend=None))
    if "text" in row:
        channels.append(alt.Text(field="text", type="nominal"))
    return channels
