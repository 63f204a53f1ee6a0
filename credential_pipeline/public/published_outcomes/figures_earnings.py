"""Figures on earnings before and after the award: by group, by credential, and their spread."""

from collections.abc import Sequence

from credential_pipeline.engines.charts.figure import Figure, Picture
from credential_pipeline.engines.charts.lines import Frame, Point, lines
from credential_pipeline.engines.charts.lines import panels as small_multiples
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import (
    ALL,
    Grid,
    categories,
    horizons,
    last_shown,
)
from credential_pipeline.public.published_outcomes.changes import change_words
from credential_pipeline.public.published_outcomes.chosen import GROWING, LINES, of_most_learners
from credential_pipeline.public.published_outcomes.comparison import anyway_words, groups_words
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.labels import in_order
from credential_pipeline.public.published_outcomes.tables import by_year

HATCHED = ("hatch", "not shown or not available")
BAND = ("band", "95 % band of chance and of doubtful links")
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
    chosen = of_most_learners(median, codes, LINES if dimension in GROWING else len(codes))
    names = {code: context.naming.name(dimension, code) for code in chosen.rows}
    years = horizons([median])
    points = [point for code in names for point in points_of(median, code, names[code])]
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
        [
            *change_words(median, {code: context.naming.people(dimension, code) for code in codes}),
            *groups_words(context, dimension, names),
        ],
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
        " ".join(filter(None, [_LINES, chosen.words(f"{dimension}s"), context.money])),
        legend(points, panels=panels),
    )


def legend(points: Sequence[Point], *, panels: bool) -> list[tuple[str, str]]:
    """What the rows mean, as far as they occur."""
    entries: list[tuple[str, str]] = []
    if panels:
        entries.append(("grey", "the other groups, for comparison"))
        if any(point.low is not None for point in points):
            entries.append(BAND)
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
        said = [f"In {say.year(after.horizon)} the median holder with wages earned {say.dollars(after.value or 0)}."]
        ends = ", ".join(
            f"the {who} quarter earned {than} than {say.dollars(cell.value or 0)}"
            for who, than, cell in (("lowest-paid", "less", low), ("best-paid", "more", high))
            if cell is not None and cell.shown
        )
        said += [f"{ends[0].upper()}{ends[1:]}."] if ends else []
        said.append(anyway_words(context))
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


def people_figures(context: Context) -> list[Figure]:
    """Earnings by who the holders are, and by when they earned the award."""
    title = "Earnings before and after, by "
    return [
        earnings_by(context, "earnings_by_age", "age_band", title + "age at the award", "age at the award"),
        earnings_by(context, "earnings_by_sex", "sex", title + "sex", "sex"),
        earnings_by(context, "earnings_by_race", "race", title + "race", "race", panels=True),
        *(
            earnings_by(
                context, f"earnings_by_{dimension}", dimension, title + people, people, panels=dimension == "ethnicity"
            )
            for dimension, people in (("ethnicity", "ethnicity"), ("cohort", "years of the award"))
            if context.release.holds(f"earnings_by_{dimension}")
        ),
    ]


def certifier_figure(context: Context) -> Figure:
    """Earnings by who issued the credential."""
    title = "Earnings before and after, by certifier"
    return earnings_by(context, "earnings_by_certifier", "certifier", title, "certifier", panels=True)
