"""One figure of the report as data: words, pictures and table. The template only arranges it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from credential_pipeline.engines.charts.svg import AnyChart, inline_svg
from credential_pipeline.public.published_outcomes.cells import Release
from credential_pipeline.public.published_outcomes.labels import Naming
from credential_pipeline.public.published_outcomes.tables import DataTable


@dataclass(frozen=True)
class Picture:
    """A drawing, in two shapes if ``narrow`` is not empty: for wide and for narrow screens.

    Attributes:
        title: Heading above the drawing, if a figure has several.
    """

    wide: str
    narrow: str = ""
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """What answers one question.

    Attributes:
        key: Id within the page.
        title: The question, short.
        sentences: What the figure says, in plain words.
        pictures: Drawings; several are set side by side.
        tables: The numbers behind them.
        note: How to read it; may be empty.
        legend: Kind of swatch (dot, hollow, bar, hatch, ...) and its meaning.
    """

    key: str
    title: str
    sentences: Sequence[str]
    pictures: Sequence[Picture]
    tables: Sequence[DataTable]
    note: str = ""
    legend: Sequence[tuple[str, str]] = ()
    panels: bool = field(default=False)


@dataclass(frozen=True)
class Context:
    """What every figure is made from.

    Attributes:
        industry: Name of the industry in running text, for example ``manufacturing``.
        naics: NAICS prefixes of the industry.
        base_year: Year of the dollars; None if the release does not say.
    """

    release: Release
    naming: Naming
    industry: str
    naics: tuple[str, ...] = ()
    base_year: int | None = None

    @property
    def money(self) -> str:
        """How amounts are given."""
        return f"Annual wages in {self.base_year} dollars." if self.base_year else "Annual wages in real dollars."


def picture(
    key: str, title: str, description: str, wide: AnyChart, narrow: AnyChart | None = None, heading: str = ""
) -> Picture:
    """Render a drawing in one or two shapes."""
    return Picture(
        wide=inline_svg(wide, f"{key}-w", title, description, "wide" if narrow is not None else "any"),
        narrow=inline_svg(narrow, f"{key}-n", title, description, "narrow") if narrow is not None else "",
        title=heading,
    )


def nothing(key: str, title: str, question: str) -> Figure:
    """The place of a figure for which the release holds no cell."""
    return Figure(key, title, [f"This release holds no figures on {question}."], [], [])
