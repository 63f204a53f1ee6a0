"""Figures made from a declaration: a question, the measures that answer it, and the words in which they do.

A question becomes sentences, one picture, and the tables behind them, one of them by group if the question has groups. Not here: which
questions there are (questions_pay.py, questions_path.py), which cells it finds (found.py), nor figures that need more than this.
"""

from collections.abc import Sequence
from typing import Final

from credential_pipeline.engines.charts.bars import Bar, dumbbells, intervals, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture, Table
from credential_pipeline.engines.charts.lines import Frame, lines
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import horizons, last_year
from credential_pipeline.public.published_outcomes.chosen import choose
from credential_pipeline.public.published_outcomes.comparison import anyway_words
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import BAND, HATCHED, points_of
from credential_pipeline.public.published_outcomes.found import Found, cells_of, left_words
from credential_pipeline.public.published_outcomes.groups import Split, group_table, group_words, left_out_words
from credential_pipeline.public.published_outcomes.labels import REST
from credential_pipeline.public.published_outcomes.question import Question, Shape
from credential_pipeline.public.published_outcomes.ranking import ends_words, rank_cells
from credential_pipeline.public.published_outcomes.tables import measures_table, year_column, years_table

LARGE: Final = 0.05
_NAMED: Final = 8
_FEW: Final = 5


def figure_of(context: Context, question: Question) -> Figure | None:
    """The figure of a question; None if the release does not have the table, and the words that say so without a cell."""
    if not context.release.holds(question.table):
        return None
    found = [one for series in question.series for one in cells_of(context, question, series)]
    if not found and question.optional:
        return None
    if not found:
        return nothing(question.key, question.title, question.about)
    last = _last(found)
    said = _sentences(context, question, found, last)
    kept = [one for one in found if one.kept]
    drawn = [one for one in kept if one.series.drawn]
    pictures = [_picture(question, drawn, last)] if drawn else []
    made = [_table(context, question, kept, last)]
    notes = [question.note, left_words(found)]
    said += [anyway_words(context)] if question.anyway else []
    if question.groups is not None:
        series = question.series[question.groups]
        split = Split(series.table or question.table, series.measure, series.definition, last, question.event)
        if split.grids(context):
            made.append(group_table(context, split, f"{series.name or question.title}, by group"))
            said += group_words(context, split, question.ranked) if question.ranked else []
            notes.append(left_out_words(context, split))
    notes.append(context.money if question.unit == "usd" else "")
    legend = _legend(question, kept, banded=question.shape in {Shape.ROWS, Shape.YEARS})
    return Figure(question.key, question.title, said, pictures, made, " ".join(filter(None, notes)), legend)


def _last(found: Sequence[Found]) -> int | None:
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


def _sentences(context: Context, question: Question, found: Sequence[Found], last: int | None) -> list[str]:
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


def _listed(rows: Sequence[Found], last: int | None) -> list[str]:
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
            if one.kept and one.code not in REST and (cell.value or 0) >= LARGE:
                large.setdefault(one.series.panel, []).append(f"{one.name} ({say.percent(cell.value or 0)})")
        words = "; ".join(f"{f'{panel}: ' * bool(panel)}{say.listing(names)}" for panel, names in large.items())
        return [f"Shares of {say.percent(LARGE)} or more{when}: {words}."] * bool(words) + said
    if len(rows) <= _FEW:
        listed = [f"{one.name}: {say.figure(cell.value or 0, cell.unit)}{say.band(cell)}" for one, cell in shown]
        return [f"{'; '.join(listed)}."] * bool(listed) + said
    ranking = rank_cells(rows[0].grid, {one.code: one.name for one in rows}, year)
    ends = ends_words(ranking, shown[0][1].unit) if shown else ""
    first = f"The figure{when} is {ends}." if ends else f"The figures{when}: {ranking.why}."
    if ends or not shown:
        return [first, *said]
    most = choose(shown, lambda pair: pair[1].n, _FEW)
    # By name: in the order of figures that are not ranked they would be.
    named = sorted(f"{one.name} {say.figure(cell.value or 0, cell.unit)}{say.band(cell)}" for one, cell in most.rows)
    which = f"The {len(named)} of most learners" if most.left else "They are"
    return [first, f"{which}: {'; '.join(named)}.", *said]


def _picture(question: Question, found: Sequence[Found], last: int | None) -> Picture:
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


def _row(one: Found, year: int | None, name: str = "") -> Bar:
    cell = one.grid.get((one.code, year))
    shown = cell if cell is not None and cell.shown else None
    text = say.state(cell, say.figure((shown.value if shown else 0) or 0, shown.unit) if shown else "")
    value, low, high = (shown.value, shown.low, shown.high) if shown else (None, None, None)
    return Bar(name or one.name, value, text, low=low, high=high, group=one.series.panel)


def _ranged(found: Sequence[Found], year: int) -> Bar:
    middle, low, high = (one.grid.get((one.code, year)) for one in found[:3])
    row = _row(found[0], year, f"Year {year_column(year)}")
    ends = [cell.value if cell is not None and cell.shown else None for cell in (low, high)]
    return Bar(row.name, row.value if middle else None, row.text, low=ends[0], high=ends[1])


def _table(context: Context, question: Question, found: Sequence[Found], last: int | None) -> Table:
    caption = question.title + (f". {context.money}" if question.unit == "usd" else ".")
    named = [(f"{one.series.panel}: {one.name}" if one.series.panel else one.name, one.grid, one.code) for one in found]
    years = horizons([one.grid for one in found])
    learners = context.counted("Learners")
    if question.shape is Shape.ROWS or not years:
        when = f" {say.opening(f'in {say.year(last, question.event)}')}." if last is not None else ""
        return measures_table(caption + when, named, learners, last)
    return years_table(caption, named, years, learners)


def _legend(question: Question, found: Sequence[Found], *, banded: bool) -> list[tuple[str, str]]:
    cells = [cell for one in found for cell in one.grid.values()]
    entries = [("bar", "the middle half"), ("dot", "median")] if question.shape is Shape.SPREAD else []
    if banded and any(cell.low is not None for cell in cells):
        entries.append(BAND)
    return [*entries, HATCHED] if any(not cell.shown for cell in cells) else entries
