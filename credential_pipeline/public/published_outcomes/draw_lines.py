"""Lines over the years around the award: one chart with several series, or one highlighted series against the others.

Hidden years break the line and stand as a hatched square in a strip under the axis, so that they can be taken neither
for zero nor for a gap in the data. Not here: which cells are drawn (figures_*.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credential_pipeline.engines.charts.palette import FAINT, HATCH, INK, MUTED, colour, dash
from credential_pipeline.engines.charts.sketch import ZERO, Sketch
from credential_pipeline.engines.charts.svg import AnyChart
from credential_pipeline.public.published_outcomes.cells import Cell

STRIP_TOP = 48
STRIP_ROW = 18
_SMALL = 200


@dataclass(frozen=True)
class Line:
    """A series: its name, its cells by horizon and its place in the palette, the same in every chart of a figure.

    Attributes:
        highlighted: False for the grey lines that a panel compares with.
    """

    name: str
    cells: Mapping[int, Cell]
    position: int = 0
    highlighted: bool = True

    def value(self, year: int) -> float | None:
        """The published figure of a year; None if hidden or missing."""
        cell = self.cells.get(year)
        return cell.value if cell is not None and cell.shown else None


@dataclass(frozen=True)
class Frame:
    """Size and axes that the charts of one figure share.

    Attributes:
        years: Horizons on the x axis, ascending.
        top: Greatest value on the y axis.
        unit: usd or share.
        labels: True to write the names at the end of the lines.
        band: True to draw the band (low to high) of highlighted lines.
    """

    width: int
    height: int
    years: Sequence[int]
    top: float
    unit: str
    labels: bool = True
    band: bool = False


def ceiling(lines: Sequence[Line], unit: str) -> float:
    """A round upper end of the y axis that lies above every value."""
    values = [max(cell.value or 0, cell.high or 0) for line in lines for cell in line.cells.values() if cell.shown]
    most = max(values, default=1.0)
    step = 10_000 if unit == "usd" else 0.1
    return round(step * -(-most // step), 6) if most > 0 else step


def line_chart(lines: Sequence[Line], frame: Frame) -> AnyChart:
    """Draw the series over the years, with the award year marked and a strip of what is not shown."""
    sketch = Sketch(frame.width, frame.height, (frame.years[0] - 0.25, frame.years[-1] + 0.25), (0.0, frame.top))
    if 0 in frame.years:
        sketch.rule((0, 0), (0, frame.top), MUTED, dash=(3, 3))
        sketch.words(sketch.right(sketch.pixel(0) + 5), sketch.down(7), "award year", ink=MUTED, size=11)
    for line in sorted(lines, key=lambda item: item.highlighted):
        _series(sketch, line, frame)
    highlighted = [line for line in lines if line.highlighted]
    if frame.labels:
        _end_labels(sketch, highlighted, frame)
    _strip(sketch, highlighted, frame)
    x_axis = {
        "values": list(frame.years),
        "format": "d",
        "grid": False,
        "domain": True,
        "domainColor": MUTED,
        "title": "Years before (\N{MINUS SIGN}) and after the award",
        "labelOverlap": False,
    }
    small = frame.height < _SMALL
    y_axis = {"tickCount": 4 if small else 5, "format": "$~s" if frame.unit == "usd" else ".0%", "labelExpr": ZERO}
    return sketch.chart(x_axis, y_axis)


def _series(sketch: Sketch, line: Line, frame: Frame) -> None:
    ink = colour(line.position)
    points = [(year, line.value(year)) for year in frame.years]
    if not line.highlighted:
        sketch.line(points, FAINT, 1.4, (1, 0))
        return
    sketch.line(points, ink, 2.4, dash(line.position))
    for year, value in points:
        if value is None:
            continue
        cell = line.cells[year]
        if frame.band and cell.low is not None and cell.high is not None:
            sketch.rule((year, year), (cell.low, cell.high), ink, 6, opacity=0.35)
        sketch.dot(year, value, ink)


def _end_labels(sketch: Sketch, lines: Sequence[Line], frame: Frame) -> None:
    """Names at the right end of the lines, moved apart where they would overlap."""
    ends: list[tuple[float, Line]] = []
    for line in lines:
        shown = [value for year in frame.years if (value := line.value(year)) is not None]
        if shown:
            ends.append((frame.height * (1 - shown[-1] / frame.top), line))
    ends.sort(key=lambda end: (end[0], end[1].name))
    for place, (_, line) in zip(spread([end[0] for end in ends], 15.0, frame.height), ends, strict=True):
        x, y = sketch.right(frame.width + 8), sketch.down(place)
        sketch.words(x, y, line.name, ink=colour(line.position), size=12.5, strong=True)


def spread(places: Sequence[float], gap: float, height: float) -> list[float]:
    """Move ascending positions apart by at least ``gap``, staying near them and above the lower end."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    limit = height
    for index in range(len(moved) - 1, -1, -1):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - gap
    return moved


def _strip(sketch: Sketch, lines: Sequence[Line], frame: Frame) -> None:
    """A row of hatched squares for each series with hidden years."""
    row = 0
    for line in lines:
        hidden = [year for year in frame.years if year in line.cells and line.value(year) is None]
        if not hidden:
            continue
        height = frame.height + STRIP_TOP + row * STRIP_ROW
        for year in hidden:
            sketch.dot(year, sketch.down(height), HATCH, colour(line.position), size=120, shape="square")
        if frame.labels:
            sketch.words(sketch.right(frame.width + 8), sketch.down(height), f"{line.name}: not shown", ink=INK)
        else:
            sketch.words(sketch.right(0), sketch.down(height + STRIP_ROW), "hatched: not shown", ink=INK)
        row += 1
