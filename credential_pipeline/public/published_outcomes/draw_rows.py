"""Horizontal charts, one row a category: bars, intervals, ranges from before to after, and one stacked bar.

Names stand left of the rows on wide screens and above them on narrow ones. A hidden row is a hatched block that says
so in words. Not here: which cells are drawn (figures_*.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credential_pipeline.engines.charts.palette import GRID, HATCH, INK, MUTED, PAPER, colour
from credential_pipeline.engines.charts.sketch import ZERO, Domain, Sketch
from credential_pipeline.engines.charts.svg import AnyChart

_BAR = 36
_THOUSAND = 1000


@dataclass(frozen=True)
class Mark:
    """What one row shows.

    Attributes:
        name: Readable category.
        value: Main figure; None if hidden or missing, and then ``text`` says so.
        text: The figure in words, beside the mark.
        start: Earlier figure (hollow dot) or outer bar behind the main one.
        low: Lower end of a range or interval.
        high: Upper end.
        position: Place in the palette.
        strong: True to draw in the full colour, False in grey.
    """

    name: str
    value: float | None
    text: str
    start: float | None = None
    low: float | None = None
    high: float | None = None
    position: int = 0
    strong: bool = True


@dataclass(frozen=True)
class Layout:
    """Width of the plot in pixels, range and unit of its axis, and where the names stand."""

    width: int
    narrow: bool
    low: float
    high: float
    unit: str

    @property
    def pitch(self) -> int:
        """Height of a row."""
        return 46 if self.narrow else 30


def layout(marks: Sequence[Mark], unit: str, *, narrow: bool) -> Layout:
    """A layout whose axis holds every figure of the marks and zero."""
    values = [part for mark in marks for part in (mark.value, mark.start, mark.low, mark.high) if part is not None]
    high = max([0.0, *values]) or 1.0
    return Layout(width=230 if narrow else 430, narrow=narrow, low=min([0.0, *values]), high=high, unit=unit)


class Pen:
    """Draws in the row of one mark; positions across are figures, positions down are pixels from the centre line."""

    def __init__(self, sketch: Sketch, place: Layout, row: int) -> None:
        """Take the sketch and the row."""
        self.sketch = sketch
        self._centre = row * place.pitch + (31 if place.narrow else 15)

    def down(self, shift: float = 0) -> float:
        """Position of a height near the centre line."""
        return self.sketch.down(self._centre + shift)

    def box(self, left: float, right: float, fill: str, height: float, stroke: str = "") -> None:
        """A rectangle centred on the row."""
        ends: Domain = (min(left, right), max(left, right))
        self.sketch.box(ends, (self.down(-height / 2), self.down(height / 2)), fill, stroke)

    def rule(self, left: float, right: float, ink: str, width: float, opacity: float = 1.0) -> None:
        """A stroke along the row."""
        self.sketch.rule((left, right), (self.down(), self.down()), ink, width, opacity=opacity)

    def dot(self, at: float, ink: str, *, hollow: bool = False) -> None:
        """A dot; hollow dots are the earlier of two."""
        self.sketch.dot(at, self.down(), PAPER if hollow else ink, ink, size=75, line=2 if hollow else 1)

    def words(self, at: float, text: str, ink: str = INK) -> None:
        """Text right of a figure."""
        self.sketch.words(self.sketch.right(self.sketch.pixel(at) + 8), self.down(), text, ink=ink)


def rows_chart(marks: Sequence[Mark], place: Layout, draw: Callable[[Pen, Mark], None]) -> AnyChart:
    """Draw every mark in its own row, with name, zero line and axis."""
    height = place.pitch * len(marks) + (8 if place.narrow else 0)
    sketch = Sketch(place.width, height, (place.low, place.high), (0, height))
    for row, mark in enumerate(marks):
        pen = Pen(sketch, place, row)
        _name(pen, mark.name, narrow=place.narrow)
        if mark.value is None:
            end = sketch.right(sketch.pixel(0) + 56)
            pen.box(0, end, HATCH, 12, MUTED)
            pen.words(end, mark.text, MUTED)
        else:
            draw(pen, mark)
    sketch.rule((0, 0), (0, height), MUTED)
    sketch.room(0 if place.narrow else 240, 62 if place.narrow else 90)
    formats = {"usd": "$~s", "share": ".0%"}
    form = formats.get(place.unit, "~s" if place.high >= _THOUSAND else "~g")
    return sketch.chart({"format": form, "tickCount": 4 if place.narrow else 5, "labelExpr": ZERO}, None)


def _name(pen: Pen, text: str, *, narrow: bool) -> None:
    """Name of the row, in two lines if it is long and stands at the side."""
    sketch = pen.sketch
    if narrow:
        sketch.words(sketch.right(0), pen.down(-19), _short(text, 52))
        return
    lines = _two_lines(text)
    for line, shift in zip(lines, (-7, 7) if len(lines) > 1 else (0,), strict=True):
        sketch.words(sketch.right(-10), pen.down(shift), line, align="right")


def bar(pen: Pen, mark: Mark) -> None:
    """A bar from zero; with ``start`` a wider pale bar behind it (passes within attempts)."""
    value = mark.value or 0.0
    ends = [value, 0.0]
    if mark.start is not None:
        ends.append(mark.start)
        pen.box(0, mark.start, GRID, 16, MUTED)
    ink = colour(mark.position) if mark.strong else MUTED
    pen.box(0, value, ink, 16 if mark.start is None else 9)
    pen.words(max(ends), mark.text)


def interval(pen: Pen, mark: Mark) -> None:
    """A dot with the band around it, if the band is given."""
    value, ink = mark.value or 0.0, colour(mark.position)
    pen.rule(0, value, ink, 2)
    ends = [value, 0.0]
    if mark.low is not None and mark.high is not None:
        pen.rule(mark.low, mark.high, ink, 9, 0.3)
        ends.append(mark.high)
    pen.dot(value, ink)
    pen.words(max(ends), mark.text)


def span(pen: Pen, mark: Mark) -> None:
    """The middle half (low to high) as a pale bar, the later median as a dot, the earlier as a hollow one."""
    value, ink = mark.value or 0.0, colour(mark.position)
    ends = [value]
    if mark.low is not None and mark.high is not None:
        pen.rule(mark.low, mark.high, ink, 11, 0.22)
        ends.append(mark.high)
    if mark.start is not None:
        pen.rule(mark.start, value, ink, 1.5)
        pen.dot(mark.start, ink, hollow=True)
        ends.append(mark.start)
    pen.dot(value, ink)
    pen.words(max(ends), mark.text)


def stacked(marks: Sequence[Mark], *, narrow: bool) -> AnyChart:
    """One bar of 100 % in segments, and under it swatch, share and name of each; hidden ones share the rest, hatched."""
    pitch = 34 if narrow else 24
    width, height = (320 if narrow else 700), _BAR + 12 + len(marks) * pitch
    sketch = Sketch(width, height, (0, 1), (0, height))
    unseen = sum(mark.value is None for mark in marks)
    rest = max(0.0, 1.0 - sum(mark.value or 0.0 for mark in marks))
    left = 0.0
    for row, mark in enumerate(marks):
        fill = colour(mark.position) if mark.value is not None else HATCH
        right = left + (mark.value if mark.value is not None else rest / unseen)
        sketch.box((left, right), (sketch.down(0), sketch.down(_BAR)), fill, PAPER, 1.5)
        left = right
        y = sketch.down(_BAR + 24 + row * pitch)
        sketch.dot(sketch.right(8), y, fill, MUTED, size=150, line=0.5, shape="square")
        sketch.words(sketch.right(86), y, mark.text, align="right", strong=True)
        lines = _two_lines(mark.name, 40 if narrow else 110)
        for line, shift in zip(lines, (-7, 7) if len(lines) > 1 else (0,), strict=True):
            sketch.words(sketch.right(96), sketch.down(_BAR + 24 + row * pitch + shift), line)
    return sketch.chart()


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _two_lines(text: str, most: int = 38) -> list[str]:
    """Break a long name at the space nearest its middle."""
    if len(text) <= most or " " not in text:
        return [_short(text, most)]
    spaces = (index for index, letter in enumerate(text) if letter == " ")
    middle = min(spaces, key=lambda index: abs(index - len(text) / 2))
    return [_short(text[:middle], most), _short(text[middle + 1 :], most)]
