"""Figures made from a declaration: a question, the measures that answer it, and the words in which they do.

A question becomes sentences, one picture, and the tables behind them, one of them by group if the question has groups. Not here: which
questions there are (questions_pay.py, questions_path.py), nor figures that need more than this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from credential_pipeline.engines.charts.bars import Bar, dumbbells, intervals, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture, Table
from credential_pipeline.engines.charts.lines import Frame, lines
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, Grid, categories, horizons, last_year
from credential_pipeline.public.published_outcomes.comparison import anyway_words
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import BAND, HATCHED, points_of
from credential_pipeline.public.published_outcomes.groups import Split, group_table, group_words
from credential_pipeline.public.published_outcomes.labels import REST, in_order
from credential_pipeline.public.published_outcomes.ranking import ends_words, rank_cells
from credential_pipeline.public.published_outcomes.tables import measures_table, year_column, years_table

LARGE: Final = 0.05
_NAMED: Final = 8
_FEW: Final = 5
_OTHERS: Final = "other"
_LAST: Final = ("no_further_award", _OTHERS)


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


@dataclass(frozen=True)
class _Found:
    """The cells of one row or line: its name, its grid, and the category that it stands at."""

    series: Series
    name: str
    grid: Grid
    code: str = ALL

    @property
    def years(self) -> list[int | None]:
        """Years of its cells; None for cells without one."""
        return [year for code, year in self.grid if code == self.code]


def figure_of(context: Context, question: Question) -> Figure | None:
    """The figure of a question; None if the release does not have the table, and the words that say so without a cell."""
    if not context.release.holds(question.table):
        return None
    found = [one for series in question.series for one in _cells_of(context, question, series)]
    if not found and question.optional:
        return None
    if not found:
        return nothing(question.key, question.title, question.about)
    last = _last(found)
    said = _sentences(context, question, found, last)
    drawn = [one for one in found if one.series.drawn]
    pictures = [_picture(context, question, drawn, last)] if drawn else []
    made = [_table(context, question, found, last)]
    said += [anyway_words(context)] if question.anyway else []
    if question.groups is not None:
        series = question.series[question.groups]
        split = Split(series.table or question.table, series.measure, series.definition, last, question.event)
        if split.grids(context):
            made.append(group_table(context, split, f"{series.name or question.title}, by group"))
            said += group_words(context, split, question.ranked) if question.ranked else []
    money = context.money if question.unit == "usd" else ""
    legend = _legend(question, found, banded=question.shape in {Shape.ROWS, Shape.YEARS})
    return Figure(question.key, question.title, said, pictures, made, f"{question.note} {money}".strip(), legend)


def _cells_of(context: Context, question: Question, series: Series) -> list[_Found]:
    """The rows of a series: one, or one for each category of its dimension, largest first."""
    dimension = series.dimension or None
    table = series.table or question.table
    if series.held:
        return _after_each(context, table, series)
    grid = context.release.grid(table, series.measure, dimension, definition=series.definition)
    if not dimension:
        return [_Found(series, series.name or question.title, grid)] if grid else []
    names = {code: context.naming.name(dimension, code) for code in in_order(categories(grid))}
    last = last_year(grid, names)

    def place(code: str) -> tuple[bool, bool, float]:
        cell = grid.get((code, last))
        return code in REST, cell is None or not cell.shown, -((cell.value if cell else 0) or 0)

    return [_Found(series, names[code], grid, code) for code in sorted(names, key=place)]


def _after_each(context: Context, table: str, series: Series) -> list[_Found]:
    """The rows of a series under each credential that was held, those of most learners first."""
    most: dict[tuple[str, str, str], float] = {}
    for cell in context.release.rows(table, series.measure):
        held = (cell.at["certifier"], cell.at["credential"], cell.category("credential"))
        most[held] = max(most.get(held, 0), (cell.n or 0) if cell.shown else 0)
    found: list[_Found] = []
    for certifier, credential, category in sorted(most, key=lambda held: (-most[held], held)):
        at = {"certifier": certifier, "credential": credential}
        grid = context.release.grid(table, series.measure, series.dimension, within=at)
        named = replace(
            series,
            panel=f"after {context.naming.name('credential', category)}",
            drawn=most[certifier, credential, category] > 0,
        )
        rows = sorted(grid, key=lambda key: (key[0] in _LAST, -(grid[key].value or 0), key[0]))
        names = {code: context.naming.name("setting", code) for code, _ in rows} | {_OTHERS: "Another credential"}
        found += [_Found(named, names[code], grid, code) for code, _ in rows]
    return found


def _last(found: Sequence[_Found]) -> int | None:
    """The last year at which everything that is said is shown, else anything, else the last one of all; None where time plays no part."""
    years = [year for one in found for year in one.years if year is not None]
    if not years:
        return None
    said = [one for one in found if one.series.said] or list(found)
    common = [
        year
        for year in years
        if all(((cell := one.grid.get((one.code, year))) is not None and cell.shown) for one in said)
    ]
    after = [year for one in said if (year := last_year(one.grid, [one.code])) is not None]
    return max(common or after or years)


def _sentences(context: Context, question: Question, found: Sequence[_Found], last: int | None) -> list[str]:
    told = [(one, one.grid.get((one.code, None if None in one.years else last))) for one in found if one.series.said]
    said: list[str] = []
    for one, cell in told:
        if any(other is None or not other.shown for _, other in told):
            said.append(f"{one.name}: {say.state(cell, say.figure((cell.value if cell else 0) or 0, question.unit))}.")
        elif cell is not None:
            words = {
                "value": say.figure(cell.value or 0, cell.unit),
                "more": say.more_or_less(cell.value or 0),
                "band": say.band(cell),
                "when": f"in {say.year(cell.horizon, question.event)}" if cell.horizon is not None else "",
                "industry": context.industry,
                "learners": f"{'about ' if context.rounded else ''}{say.count(cell.n or 0)}",
            }
            text = one.series.said.format(**words).strip()
            said.append(text if said and not said[-1].endswith(".") else say.opening(text))
    rows = [one for one in found if one.series.dimension]
    return said + (_listed(rows, last) if rows else [])


def _listed(rows: Sequence[_Found], last: int | None) -> list[str]:
    """The categories of a split: the shares that are not small, or the highest and the lowest amount where they can be told."""
    year = None if None in rows[0].years else last
    cells = [(one, one.grid.get((one.code, year))) for one in rows]
    shown = [(one, cell) for one, cell in cells if cell is not None and cell.shown]
    when = f" in {say.year(last)}" if last is not None else ""
    hidden = len(rows) - len(shown)
    said = [f"{hidden} of {len(rows)} are not shown or not available."] if hidden else []
    if shown and shown[0][1].unit == "share":
        large: dict[str, list[str]] = {}
        for one, cell in shown:
            if one.code not in REST and (cell.value or 0) >= LARGE:
                large.setdefault(one.series.panel, []).append(f"{one.name} ({say.percent(cell.value or 0)})")
        words = "; ".join(f"{f'{panel}: ' * bool(panel)}{say.listing(names)}" for panel, names in large.items())
        return [f"Shares of {say.percent(LARGE)} or more{when}: {words}."] * bool(words) + said
    if len(rows) <= _FEW:
        listed = [f"{one.name}: {say.figure(cell.value or 0, cell.unit)}{say.band(cell)}" for one, cell in shown]
        return [f"{'; '.join(listed)}."] * bool(listed) + said
    ranking = rank_cells(rows[0].grid, {one.code: one.name for one in rows}, year)
    ends = ends_words(ranking, shown[0][1].unit) if shown else ""
    return [f"The figure{when} is {ends}." if ends else f"The figures{when}: {ranking.why}.", *said]


def _picture(context: Context, question: Question, found: Sequence[_Found], last: int | None) -> Picture:
    del context
    key, title = question.key, question.title
    names = say.listing([one.name for one in found][:_NAMED])
    if question.shape is Shape.LINES:
        points = [
            point for one in found for point in points_of(one.grid, one.code, one.name) if point.year >= question.since
        ]
        mark = "award year" if question.event == "the award" else f"year of {question.event}"
        axis = f"Years before (\N{MINUS SIGN}) and after {question.event}"
        wide, narrow = (
            lines(points, Frame(width, height, question.unit, question.top, mark, axis))
            for width, height in ((560, 260), (190, 230))
        )
        return Picture(key, title, f"Lines over the years around {question.event}: {names}.", wide, narrow)
    if question.shape is Shape.ROWS:
        rows = [_row(one, None if None in one.years else last) for one in found]
        return Picture(
            key, title, f"{title}: a dot with its band for each of: {names}.", *shapes(intervals, rows, question.unit)
        )
    years = [year for year in horizons([found[0].grid]) if year >= question.since]
    if question.shape is Shape.YEARS:
        rows = [_row(found[0], year, f"Year {year_column(year)}") for year in years]
        return Picture(
            key, title, f"{title}: a dot with its band for each year: {names}.", *shapes(intervals, rows, question.unit)
        )
    rows = [_ranged(found, year) for year in years]
    return Picture(key, title, f"Dots within ranges for each year: {names}.", *shapes(dumbbells, rows, question.unit))


def _row(one: _Found, year: int | None, name: str = "") -> Bar:
    cell = one.grid.get((one.code, year))
    shown = cell if cell is not None and cell.shown else None
    text = say.state(cell, say.figure((shown.value if shown else 0) or 0, shown.unit) if shown else "")
    value, low, high = (shown.value, shown.low, shown.high) if shown else (None, None, None)
    return Bar(name or one.name, value, text, low=low, high=high, group=one.series.panel)


def _ranged(found: Sequence[_Found], year: int) -> Bar:
    middle, low, high = (one.grid.get((one.code, year)) for one in found[:3])
    row = _row(found[0], year, f"Year {year_column(year)}")
    ends = [cell.value if cell is not None and cell.shown else None for cell in (low, high)]
    return Bar(row.name, row.value if middle else None, row.text, low=ends[0], high=ends[1])


def _table(context: Context, question: Question, found: Sequence[_Found], last: int | None) -> Table:
    caption = question.title + (f". {context.money}" if question.unit == "usd" else ".")
    named = [(f"{one.series.panel}: {one.name}" if one.series.panel else one.name, one.grid, one.code) for one in found]
    years = horizons([one.grid for one in found])
    learners = context.counted("Learners")
    if question.shape is Shape.ROWS or not years:
        when = f" {say.opening(f'in {say.year(last, question.event)}')}." if last is not None else ""
        return measures_table(caption + when, named, learners, last)
    return years_table(caption, named, years, learners)


def _legend(question: Question, found: Sequence[_Found], *, banded: bool) -> list[tuple[str, str]]:
    cells = [cell for one in found for cell in one.grid.values()]
    entries = [("bar", "the middle half"), ("dot", "median")] if question.shape is Shape.SPREAD else []
    if banded and any(cell.low is not None for cell in cells):
        entries.append(BAND)
    return [*entries, HATCHED] if any(not cell.shown for cell in cells) else entries
