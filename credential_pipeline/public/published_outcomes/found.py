"""The rows and lines of a question: which cells it finds, and which of many rows are shown.

Not here: what they look like, and what is said of them (asked.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credential_pipeline.public.published_outcomes.cells import ALL, Grid, categories, last_year
from credential_pipeline.public.published_outcomes.chosen import GROWING, Chosen, more, of_most_learners
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.labels import REST, in_order
from credential_pipeline.public.published_outcomes.question import Question, Series

_OTHERS: Final = "other"
_NOTHING: Final = "no_further_award"


#: Of what comes next, so many credentials that were held, and so many that are added after each: with the line of those who
#: add nothing, as many rows as one picture may have. Other ones, pooled, come last: they stand there only beside all the others.
_HELD: Final = 4
_NEXT: Final = 4


@dataclass(frozen=True)
class Found:
    """The cells of one row or line: its name, its grid, and the category that it stands at.

    Attributes:
        held: The credential that was held, as certifier/credential; empty if the row is of all.
        kept: Whether picture and table show it; what they do not is counted.
    """

    series: Series
    name: str
    grid: Grid
    code: str = ALL
    held: str = ""
    kept: bool = True

    @property
    def years(self) -> list[int | None]:
        """Years of its cells; None for cells without one."""
        return [year for code, year in self.grid if code == self.code]

    @property
    def learners(self) -> int | None:
        """Learners behind the largest of its cells; None if none is shown."""
        shown = [cell.n or 0 for (code, _), cell in self.grid.items() if code == self.code and cell.shown]
        return max(shown, default=None)


def cells_of(context: Context, question: Question, series: Series) -> list[Found]:
    """The rows of a series: one, or one for each category of its dimension, largest first."""
    dimension = series.dimension or None
    table = series.table or question.table
    if series.held:
        return _after_each(context, table, series)
    grid = context.release.grid(table, series.measure, dimension, definition=series.definition)
    if not dimension:
        return [Found(series, series.name or question.title, grid)] if grid else []
    names = {code: context.naming.name(dimension, code) for code in in_order(categories(grid))}
    kept = set(of_most_learners(grid, list(names)).rows if dimension in GROWING else names)
    last = last_year(grid, names)

    def place(code: str) -> tuple[bool, bool, float]:
        cell = grid.get((code, last))
        return code in REST, cell is None or not cell.shown, -((cell.value if cell else 0) or 0)

    return [Found(series, names[code], grid, code, kept=code in kept) for code in sorted(names, key=place)]


def _after_each(context: Context, table: str, series: Series) -> list[Found]:
    """The rows of a series under each credential that was held: of each certifier in turn that of most learners."""
    most: dict[tuple[str, str, str], int] = {}
    for cell in context.release.rows(table, series.measure):
        held = (cell.at["certifier"], cell.at["credential"], cell.category("credential"))
        most[held] = max(most.get(held, 0), (cell.n or 0) if cell.shown else 0)
    found: list[Found] = []
    for place, (certifier, credential, category) in enumerate(_in_turn(most)):
        at = {"certifier": certifier, "credential": credential}
        grid = context.release.grid(table, series.measure, series.dimension, within=at)
        named = replace(
            series,
            panel=f"after {context.naming.name('credential', category)}",
            drawn=most[certifier, credential, category] > 0,
        )
        ordered = sorted(grid, key=lambda key: (key[0] in {_NOTHING, _OTHERS}, -(grid[key].value or 0), key[0]))
        rows = [code for code, _ in ordered]
        names = {code: context.naming.name("setting", code) for code in rows} | {_OTHERS: "Another credential"}
        following = [code for code in rows if code != _NOTHING]
        kept = {*following[:_NEXT], _NOTHING} if place < _HELD else set()
        after = f"{certifier}/{credential}"
        found += [Found(named, names[code], grid, code, after, kept=code in kept) for code in rows]
    return found


def _in_turn(learners: Mapping[tuple[str, str, str], int]) -> list[tuple[str, str, str]]:
    """Of each certifier its credential of most learners, then of each its second: one large certifier hides no other."""
    falling = sorted(learners, key=lambda held: (-learners[held], held))
    turns: Counter[str] = Counter()
    order = {}
    for place, held in enumerate(falling):
        order[held] = (learners[held] == 0, turns[held[0]], place)
        turns[held[0]] += 1
    return sorted(falling, key=order.__getitem__)


def left_words(found: Sequence[Found]) -> str:
    """By which rule rows are shown, and how many more there are; nothing if all are shown."""
    left = [one for one in found if not one.kept]
    if not left:
        return ""
    kept = [one for one in found if one.kept]
    hidden = sum(one.learners is None for one in left)
    held = {one.held for one in found} - {""}
    if not held:
        rows = [one for one in kept if one.series.dimension]
        return Chosen(rows, len(left), hidden).words(f"{rows[0].series.dimension}s")
    unseen = len(held - {one.held for one in kept})
    among = f", among them all after {unseen} other credentials" if unseen else ""
    return (
        f"Shown are {len(held) - unseen} credentials, of each certifier in turn that of most learners, and after each the {_NEXT} that "
        f"most of them add next; {more(len(left), hidden, ' lines')}{among}."
    )
