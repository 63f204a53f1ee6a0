"""What stands on a page around a picture: question, sentences, legend, and the table of its numbers.

Both reports are made of these, and figure.html.j2 and figure.css lay them out. Not here: what a figure says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from os.path import commonprefix

from jinja2 import Environment, FunctionLoader, StrictUndefined

from credential_pipeline.engines.charts.render import AnyChart, inline_svg
from credential_pipeline.engines.charts.theme import theme_css

_HERE = "credential_pipeline.engines.charts"
_LAYOUT = "figure.html.j2"
_STYLE = "figure.css"
#: Style of a page that is a row of sheets, one a figure, without a style of its own.
SHEET = "sheet.css"


@dataclass(frozen=True)
class Picture:
    """A chart, in two shapes if ``narrow`` is not None: for wide and for narrow screens.

    Attributes:
        key: Id within the page.
        title: Accessible name.
        description: Accessible description, one or two sentences.
        heading: Heading above the chart, if a figure has several.
    """

    key: str
    title: str
    description: str
    wide: AnyChart
    narrow: AnyChart | None = None
    heading: str = ""

    def shapes(self) -> list[str]:
        """The SVG of each shape; the first holds title and description of both."""
        if self.narrow is None:
            return [inline_svg(self.wide, self.key, self.title, self.description)]
        wide = inline_svg(self.wide, self.key, self.title, self.description, "wide")
        return [wide, inline_svg(self.narrow, self.key, classes="narrow")]


@dataclass(frozen=True)
class Entry:
    """One field of a table.

    Attributes:
        text: What is printed.
        cell_id: Id of the datum that is printed; empty if there is none.
        part: What of the datum is printed.
        mark: CSS class for hidden (``s5``) or missing (``s-1``) figures.
    """

    text: str
    cell_id: str = ""
    part: str = "value"
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table: its name and its fields."""

    name: str
    entries: tuple[Entry, ...]

    @cached_property
    def prefix(self) -> str:
        """What the ids of its data have in common; written once a line to keep the page small."""
        ids = [item.cell_id for item in self.entries if item.cell_id]
        common = commonprefix(ids)  # noqa: RUF071 - the ids are no paths
        return common[: max(common.rfind("="), common.rfind("/")) + 1]

    @cached_property
    def part(self) -> str:
        """What of its data all its fields print; ``value`` if they differ."""
        parts = {item.part for item in self.entries if item.cell_id}
        return parts.pop() if len(parts) == 1 else "value"

    def rest(self, place: int) -> str:
        """What the id of one field has besides; empty if the field has no id."""
        return self.entries[place].cell_id[len(self.prefix) :]


@dataclass(frozen=True)
class Block:
    """Lines that belong together, under a heading of their own if ``name`` is not empty."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table: what it holds, its columns (without the first, which names the lines), its lines."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def empty(self) -> bool:
        """True if it has no line."""
        return not any(block.rows for block in self.blocks)

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """The ending of the ids in each column, which is written once a column; empty where they differ."""
        rows = [row for block in self.blocks for row in block.rows]
        found = [{row.rest(place) for row in rows if row.entries[place].cell_id} for place in range(len(self.columns))]
        return tuple(endings.pop() if len(endings) == 1 else "" for endings in found)


@dataclass(frozen=True)
class Figure:
    """What answers one question.

    Attributes:
        key: Id within the page.
        title: The question, short.
        sentences: What the figure says, in plain words.
        pictures: Charts, one below the other.
        tables: The numbers behind them.
        note: How to read it; may be empty.
        legend: Kind of swatch (dot, hollow, bar, hatch, ...) and its meaning.
    """

    key: str
    title: str
    sentences: Sequence[str]
    pictures: Sequence[Picture]
    tables: Sequence[Table]
    note: str = ""
    legend: Sequence[tuple[str, str]] = ()


def page(package: str, template: str, style: str, **content: object) -> str:
    """Fill a page's template, which may import figure.html.j2, with its own style sheet and that of all figures.

    Args:
        package: Package that holds template and style sheet.
        template: File name of the template.
        style: File name of the style sheet, given to the template as ``css``; :data:`SHEET` for the common one.
        content: What the template shows.
    """

    def read(name: str) -> str:
        home = _HERE if name in {_LAYOUT, _STYLE, SHEET} else package
        return files(home).joinpath(name).read_text("utf-8")

    environment = Environment(
        loader=FunctionLoader(read), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    css = read(_STYLE) + theme_css() + read(style)
    return environment.get_template(template).render(css=css, **content)
