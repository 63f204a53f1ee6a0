"""Figures on earnings before and after the award: by group, by credential, and their spread."""

from collections.abc import Mapping, Sequence

from credential_pipeline.engines.charts.bars import Bar, dumbbells, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture
from credential_pipeline.engines.charts.lines import Frame, Point, lines
from credential_pipeline.engines.charts.lines import panels as small_multiples
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import (
    ALL,
    Cell,
    Grid,
    categories,
    horizons,
    last_before,
    last_shown,
)
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.labels import REST, in_order
from credential_pipeline.public.published_outcomes.tables import by_year

HATCHED = ("hatch", "not shown or not available")
P25, P50, P75 = "earnings_p25", "earnings_p50", "earnings_p75"
_LINES = "Each line is the median: half of the holders with wages earned less, half more. The median hides the spread; the table has the quarter points."


def points_of(grid: Grid, category: str, name: str) -> list[Point]:
    """The cells of a category as the points of a line; hidden ones without a value."""
    found = sorted((year, cell) for (key, year), cell in grid.items() if key == category and year is not None)
    return [Point(name, year, cell.value if cell.shown else None, cell.low, cell.high) for year, cell in found]


def years_picture(
    key: str, title: str, description: str, points: Sequence[Point], unit: str, *, panels: bool, tall: int = 320
) -> Picture:
    """Lines over the years: all in one chart, or a panel for each series."""
    if panels:
        wide, narrow = (
            small_multiples(points, Frame(width, height, unit), columns)
            for width, height, columns in ((240, 150, 3), (140, 120, 2))
        )
    else:
        wide, narrow = lines(points, Frame(600, tall, unit)), lines(points, Frame(205, 250, unit))
    return Picture(key, title, description, wide, narrow)


def split(grid: Grid, names: Mapping[str, str]) -> tuple[list[say.Change], list[str]]:
    """Groups with a published median before and after, and the names of those for which a cell is hidden or missing."""
    known: list[say.Change] = []
    hidden: list[str] = []
    for category, name in names.items():
        before, after = last_before(grid, category), last_shown(grid, category)
        if before and after and category not in REST:
            known.append(say.Change(name, before, after))
        if any(key == category and not cell.shown for (key, _), cell in grid.items()):
            hidden.append(name)
    return known, hidden


def earnings_by(
    context: Context, table: str, dimension: str, title: str, people: str, *, panels: bool = False
) -> Figure:
    """Median earnings over the years by one dimension: lines in one chart, or a panel for each category."""
    key = table.replace("_", "-")
    grids = {measure: context.release.grid(table, measure, dimension) for measure in (P25, P50, P75)}
    median = grids[P50]
    codes = in_order(categories(median))
    if not codes:
        return nothing(key, title, f"earnings by {people}")
    names = {code: context.naming.name(dimension, code) for code in codes}
    years = horizons([median])
    points = [point for code in codes for point in points_of(median, code, names[code])]
    description = f"Lines of median annual earnings from year {years[0]} to year {years[-1]} around the award, by {people}. The table below holds every figure."
    parts = [
        ("25th percentile", grids[P25], "value"),
        ("Median", median, "value"),
        ("75th percentile", grids[P75], "value"),
    ]
    parts += [
        ("Band of the median, low", median, "low"),
        ("Band of the median, high", median, "high"),
        (context.counted("Learners"), median, "n"),
    ]
    return Figure(
        key,
        title,
        say.changes(*split(median, {code: context.naming.people(dimension, code) for code in codes})),
        [years_picture(key, title, description, points, "usd", panels=panels)],
        [
            by_year(
                f"Annual earnings by {people} and year relative to the award. {context.money}",
                people.capitalize(),
                names,
                parts,
                years,
            )
        ],
        f"{_LINES} {context.money}",
        legend(points, panels=panels),
    )


def legend(points: Sequence[Point], *, panels: bool) -> list[tuple[str, str]]:
    """What the rows mean, as far as they occur."""
    entries: list[tuple[str, str]] = []
    if panels:
        entries.append(("grey", "the other groups, for comparison"))
        if any(point.low is not None for point in points):
            entries.append(("band", "95 % band of chance and of doubtful links"))
    if any(point.value is None for point in points):
        entries.append(HATCHED)
    return entries


def distribution(context: Context) -> Figure:
    """Quarter points of earnings of all holders, by year."""
    title = "How widely earnings are spread"
    grids = {measure: context.release.grid("earnings_overall", measure) for measure in (P25, P50, P75)}
    if not grids[P50]:
        return nothing("earnings-overall", title, "the spread of earnings")
    years = horizons(grids.values())
    names = {P75: "75th percentile", P50: "Median", P25: "25th percentile"}
    points = [point for measure, name in names.items() for point in points_of(grids[measure], ALL, name)]
    after = last_shown(grids[P50])
    said = ["The spread of earnings after the award is not shown."]
    if after and after.horizon is not None:
        low, high = grids[P25].get((ALL, after.horizon)), grids[P75].get((ALL, after.horizon))
        lower = say.state(low, f"less than {say.dollars(low.value or 0)}" if low else "")
        upper = say.state(high, f"more than {say.dollars(high.value or 0)}" if high else "")
        said = [
            f"In {say.year(after.horizon)} the median holder with wages earned {say.dollars(after.value or 0)}.",
            f"The lowest-paid quarter earned {lower}, the best-paid quarter {upper}.",
        ]
    description = "Lines of the 25th, 50th and 75th percentile of annual earnings of all holders with wages, by year around the award."
    parts = [(name, grids[measure], "value") for measure, name in names.items()]
    parts += [
        ("Median, low", grids[P50], "low"),
        ("Median, high", grids[P50], "high"),
        (context.counted("Learners"), grids[P50], "n"),
    ]
    table = by_year(
        f"Annual earnings of all holders by year relative to the award. {context.money}",
        "All holders",
        {ALL: "All holders"},
        parts,
        years,
    )
    return Figure(
        "earnings-overall",
        title,
        said,
        [years_picture("earnings-overall", title, description, points, "usd", panels=False, tall=280)],
        [table],
        context.money,
        legend(points, panels=False),
    )


def earnings_by_credential(context: Context) -> Figure:
    """Median before and after by credential, with the middle half after, one chart for each certifier."""
    title, table, key = "Earnings by credential", "earnings_by_credential", "earnings-credential"
    grids = {measure: context.release.grid(table, measure, "credential") for measure in (P25, P50, P75)}
    median = grids[P50]
    codes = in_order(categories(median))
    years = horizons([median])
    if not codes or years[-1] <= 0:
        return nothing(key, title, "earnings by credential")
    names = {code: context.naming.name("credential", code) for code in codes}
    last, before = years[-1], max((year for year in years if year < 0), default=None)
    owners: dict[str, list[str]] = {}
    for code in codes:
        cell = median.get((code, last))
        owners.setdefault(cell.at["certifier"] if cell else ALL, []).append(code)
    rows = {code: _credential_bar(names[code], code, grids, last, before) for code in codes}
    whole = list(rows.values())
    pictures = []
    for number, (owner, members) in enumerate(sorted(owners.items())):
        members.sort(key=lambda code: (rows[code].value is None, -(rows[code].value or 0), names[code]))
        heading = context.naming.name("certifier", owner)
        description = f"Credentials of {heading}: median annual earnings in year {last} after the award, the range of the middle half, and the median before it."
        drawn = shapes(dumbbells, [rows[code] for code in members], "usd", whole)
        pictures.append(Picture(f"{key}-{number}", f"{title}: {heading}", description, *drawn, heading=heading))
    parts = [
        ("25th percentile", grids[P25], "value"),
        ("Median", median, "value"),
        ("75th percentile", grids[P75], "value"),
        (context.counted("Learners"), median, "n"),
    ]
    caption = f"Annual earnings by credential and year relative to the award. {context.money}"
    entries = [("dot", f"median in {say.year(last)}"), ("bar", "middle half of the holders in that year")]
    entries += [("hollow", f"median in {say.year(before)}")] if before is not None else []
    entries += [HATCHED] if any(row.value is None for row in whole) else []
    return Figure(
        key,
        title,
        _credential_words(median, names, last),
        pictures,
        [by_year(caption, "Credential", names, parts, years)],
        context.money,
        entries,
    )


def _credential_bar(name: str, code: str, grids: Mapping[str, Grid], last: int, before: int | None) -> Bar:
    def value(measure: str, year: int | None) -> float | None:
        cell: Cell | None = grids[measure].get((code, year))
        return cell.value if cell and cell.shown else None

    after = value(P50, last)
    text = say.state(grids[P50].get((code, last)), say.dollars(after or 0))
    return Bar(
        name, after, text, value(P50, before) if before is not None else None, value(P25, last), value(P75, last)
    )


def _credential_words(median: Grid, names: Mapping[str, str], last: int) -> list[str]:
    shown = [(cell.value or 0, names[code]) for code in names if (cell := median.get((code, last))) and cell.shown]
    hidden = len(names) - len(shown)
    said = []
    if len(shown) > 1:
        most, least = max(shown), min(shown)
        said.append(
            f"In {say.year(last)} median earnings ran from {say.dollars(least[0])} ({least[1]}) to {say.dollars(most[0])} ({most[1]})."
        )
    elif shown:
        said.append(f"In {say.year(last)} median earnings of holders of {shown[0][1]} were {say.dollars(shown[0][0])}.")
    if hidden:
        said.append(f"For {hidden} of {len(names)} credentials the figure is not shown or not available.")
    return said


def earnings_figures(context: Context) -> list[Figure]:
    """All figures on earnings, in the order of the page."""
    title = "Earnings before and after, by "
    return [
        earnings_by(context, "earnings_by_age", "age_band", title + "age at the award", "age at the award"),
        earnings_by(context, "earnings_by_sex", "sex", title + "sex", "sex"),
        earnings_by(context, "earnings_by_race", "race", title + "race", "race", panels=True),
        earnings_by(context, "earnings_by_certifier", "certifier", title + "certifier", "certifier", panels=True),
        earnings_by_credential(context),
        distribution(context),
    ]
