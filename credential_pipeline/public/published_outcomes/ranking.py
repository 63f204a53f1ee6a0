"""Which group stands highest and which lowest, and when that cannot be said.

Groups are ranked at one year, if the figure of none of them is hidden, and only where the bands are apart. A group of fewer
than a hundred learners is never called the highest or the lowest. Not here: sentences on what is ranked (the figures).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import Cell, Grid
from credential_pipeline.public.published_outcomes.labels import REST

FEWEST: Final = 100
TOO_CLOSE: Final = "too close to tell"
NOT_ALL_SHOWN: Final = "not ranked, as not all figures are shown"
TOO_FEW: Final = "not ranked, as too few groups are of a hundred learners or more"


@dataclass(frozen=True)
class Standing:
    """One group's figure: its name in running text, the figure with its band, and the learners behind it."""

    name: str
    value: float
    low: float | None
    high: float | None
    n: int | None

    @classmethod
    def of(cls, name: str, cell: Cell) -> "Standing":
        """The standing of a published cell."""
        return cls(name, cell.value or 0.0, cell.low, cell.high, cell.n)

    @property
    def large(self) -> bool:
        """Whether enough learners are behind the figure to be called the highest or the lowest."""
        return self.n is not None and self.n >= FEWEST

    def above(self, other: "Standing") -> bool:
        """Whether the bands are apart, this one above the other; never without bands."""
        return self.low is not None and other.high is not None and self.low > other.high


@dataclass(frozen=True)
class Ranking:
    """The highest and the lowest groups: one, or few that are apart from all others and not from each other.

    Attributes:
        highest: Empty if it cannot be told.
        lowest: Empty if it cannot be told.
        why: Why neither can be told.
    """

    highest: tuple[Standing, ...] = ()
    lowest: tuple[Standing, ...] = ()
    why: str = ""


def rank(groups: Sequence[Standing], *, complete: bool) -> Ranking:
    """Rank groups whose figures are of one year.

    Args:
        groups: Groups with a published figure.
        complete: Whether no group's figure is hidden or missing.
    """
    if not complete:
        return Ranking(why=NOT_ALL_SHOWN)
    if sum(group.large for group in groups) < 2:  # noqa: PLR2004 - nothing to compare
        return Ranking(why=TOO_FEW)
    falling = sorted(groups, key=lambda group: (-group.value, group.name))
    highest = _leading(falling, Standing.above)
    lowest = _leading(falling[::-1], lambda low, high: high.above(low))
    return Ranking(highest, lowest, "" if highest or lowest else TOO_CLOSE)


def _leading(ordered: Sequence[Standing], apart: Callable[[Standing, Standing], bool]) -> tuple[Standing, ...]:
    """The fewest groups at the beginning that are apart from all the others; at most half of all, and none of them small."""
    for size in range(1, max(2, len(ordered) // 2 + 1)):
        first, rest = ordered[:size], ordered[size:]
        if all(apart(one, other) for one in first for other in rest):
            return tuple(first) if all(group.large for group in first) else ()
    return ()


def rank_cells(grid: Grid, names: Mapping[str, str], horizon: int | None) -> Ranking:
    """Rank the categories of a grid at one horizon, without those that gather what has no name of its own.

    Args:
        grid: Cells by category and horizon.
        names: Category to its name in running text.
        horizon: The one year that is compared.
    """
    found = {code: grid.get((code, horizon)) for code in names if code not in REST}
    groups = [Standing.of(names[code], cell) for code, cell in found.items() if cell is not None and cell.shown]
    return rank(groups, complete=len(groups) == len(found))


def ends_words(ranking: Ranking, unit: str, words: tuple[str, str] = ("highest", "lowest")) -> str:
    """The ends of a ranking in words: ``highest for men ($900) and lowest for women ($300)``; nothing if none can be told."""
    ends = []
    for word, groups in zip(words, (ranking.highest, ranking.lowest), strict=True):
        named = say.listing([f"{group.name} ({say.figure(group.value, unit)})" for group in groups])
        apart = ", not clearly apart from each other," if len(groups) > 1 else ""
        ends += [f"{word} for {named}{apart}"] if groups else []
    return " and ".join(ends).removesuffix(",")
