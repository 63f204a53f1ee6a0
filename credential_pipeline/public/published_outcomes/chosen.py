"""Which of many rows a figure shows: those of most learners; and how many more there are, in words.

A picture of two hundred credentials is read by nobody. Nobody is ranked by what they earn to be shown, and nothing is left out in
silence: what is not drawn is counted, and stands in outcomes.csv. Not here: dimensions of few categories, which are shown whole.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from credential_pipeline.public.published_outcomes.cells import Grid

#: So many rows a reader can take in.
ROWS: Final = 20
#: So many lines in one chart, or panels of lines.
LINES: Final = 6
#: Dimensions whose categories grow with the registry or the map.
GROWING: Final = frozenset({"certifier", "credential", "state"})

One = TypeVar("One")


@dataclass(frozen=True)
class Chosen(Generic[One]):
    """What of many is shown, in the order in which it came.

    Attributes:
        rows: What is shown.
        left: How many more there are.
        hidden: How many of these have no figure that is shown.
    """

    rows: list[One]
    left: int = 0
    hidden: int = 0

    def words(self, several: str) -> str:
        """``Shown are the 20 credentials of most learners; outcomes.csv has 4 more.``; nothing if all are shown."""
        if not self.left:
            return ""
        return f"Shown are the {len(self.rows)} {several} of most learners; {more(self.left, self.hidden)}."


def more(left: int, hidden: int, what: str = "") -> str:
    """``outcomes.csv has 4 more (1 of them not shown or not available)``."""
    unseen = f" ({hidden:,} of them not shown or not available)" if hidden else ""
    return f"outcomes.csv has {left:,} more{what}{unseen}"


def choose(found: Sequence[One], learners: Callable[[One], int | None], most: int = ROWS) -> Chosen[One]:
    """Choose those of most learners.

    Args:
        found: All of them, in the order of the figure.
        learners: How many learners stand behind one; None if its figure is hidden or missing.
        most: How many are shown.
    """
    numbers = [learners(one) for one in found]
    first = sorted(range(len(found)), key=lambda place: (numbers[place] is None, -(numbers[place] or 0), place))
    rest = first[most:]
    return Chosen(
        [found[place] for place in sorted(first[:most])], len(rest), sum(numbers[place] is None for place in rest)
    )


def of_most_learners(grids: Grid | Iterable[Grid], codes: Sequence[str], most: int = ROWS) -> Chosen[str]:
    """Choose the categories of most learners in any year.

    Args:
        grids: Cells by category and horizon, of one measure or of several.
        codes: Categories, in the order of the figure.
        most: How many are shown.
    """
    numbers: dict[str, int] = {}
    for grid in [grids] if isinstance(grids, dict) else grids:
        for (code, _), cell in grid.items():
            if cell.shown:
                numbers[code] = max(numbers.get(code, 0), cell.n or 0)
    return choose(codes, numbers.get, most)
