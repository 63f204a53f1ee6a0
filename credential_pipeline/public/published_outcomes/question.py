"""What a figure is declared by: a question, the measures that answer it, and the words in which they do.

Not here: which questions there are (questions_pay.py, questions_path.py), nor how one becomes a figure (asked.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How the cells of a question are drawn."""

    LINES = "lines"
    """A line for each series, over the years."""
    ROWS = "rows"
    """A row for each series, at the last year that is shown."""
    YEARS = "years"
    """A row for each year, of the first series."""
    SPREAD = "spread"
    """A row for each year: the first series, within the range from the second to the third."""


@dataclass(frozen=True)
class Series:
    """One measure in a figure.

    Attributes:
        name: In legends and tables.
        said: Sentence with the places ``{value}``, ``{more}``, ``{band}``, ``{when}``, ``{industry}``; empty for none.
        definition: Variant of the measure.
        table: Where it is not that of the question.
        dimension: Dimension whose categories become rows of their own.
        held: Whether there are such rows under each credential that was held before, and they name credentials.
        panel: Heading under which its row stands.
        drawn: Whether it is in the picture, too.
    """

    measure: str
    name: str = ""
    said: str = ""
    definition: str = ""
    table: str = ""
    dimension: str = ""
    held: bool = False
    panel: str = ""
    drawn: bool = True


@dataclass(frozen=True)
class Question:
    """What one figure answers.

    Attributes:
        key: Id within the page.
        about: What the release may hold no figures on, in running text.
        unit: usd, share or mean.
        since: Earliest year that is drawn.
        groups: Place of the series that is shown by group; None for none.
        ranked: What the figure of a group is called in the sentence on groups; empty for no such sentence.
        event: What years are counted from.
        anyway: Whether it is said, too, what would have happened anyway.
        optional: Whether it is left out, and not said to be missing, if there is no cell of it.
        top: Greatest value of the axis of lines; a round one if None.
    """

    key: str
    title: str
    about: str
    table: str
    series: tuple[Series, ...]
    shape: Shape = Shape.LINES
    unit: str = "share"
    since: int = -99
    groups: int | None = None
    ranked: str = ""
    note: str = ""
    event: str = "the award"
    anyway: bool = False
    optional: bool = False
    top: float | None = None
