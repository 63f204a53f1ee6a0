"""What every figure of the report is made from, and the place of a figure for which there is nothing."""

from dataclasses import dataclass

from credential_pipeline.engines.charts.figure import Figure
from credential_pipeline.public.published_outcomes.cells import Release
from credential_pipeline.public.published_outcomes.labels import Naming


@dataclass(frozen=True)
class Context:
    """What every figure is made from.

    Attributes:
        industry: Name of the industry in running text, for example ``manufacturing``.
        naics: NAICS prefixes of the industry.
        base_year: Year of the dollars; None if the release does not say.
        rounded: Whether numbers of learners are rounded.
    """

    release: Release
    naming: Naming
    industry: str
    naics: tuple[str, ...] = ()
    base_year: int | None = None
    rounded: bool = False

    def about(self, text: str) -> str:
        """A number of people in running text: ``about 1,200`` where numbers are rounded."""
        return f"about {text}" if self.rounded else text

    def counted(self, heading: str) -> str:
        """Heading of a column with numbers of people."""
        return f"{heading}, about" if self.rounded else heading

    @property
    def money(self) -> str:
        """How amounts are given."""
        return f"Annual wages in {self.base_year} dollars." if self.base_year else "Annual wages in real dollars."


def nothing(key: str, title: str, question: str) -> Figure:
    """The place of a figure for which the release holds no cell."""
    return Figure(key, title, [f"This release holds no figures on {question}."], [], [])
