"""Who is in the numbers and who is not: the coverage ledger, and the share of learners with wages by year."""

from collections.abc import Mapping

from credential_pipeline.engines.charts.figure import Figure, Picture, Table
from credential_pipeline.engines.charts.lines import Frame, lines
from credential_pipeline.engines.charts.parts import Part, parts, swatches
from credential_pipeline.engines.charts.scales import TONES
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, Cell, Grid, horizons
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import legend, points_of
from credential_pipeline.public.published_outcomes.tables import by_measure, by_year

_TOTALS = ("reported", "total", ALL)
_INCLUDED = ("seen_after", "seen_in_wages", "wage_matched", "keyed")
_HALF_POINT = 0.005


def coverage_figures(context: Context) -> list[Figure]:
    """All figures on coverage, in the order of the page."""
    return [ledger(context), wage_matched(context)]


def ledger_cells(context: Context) -> dict[str, Cell]:
    """The parts of the ledger, included learners first, without the total; one horizon only."""
    grid = context.release.reasons()
    years = {year for _, year in grid}
    year = None if None in years else max((value for value in years if value is not None), default=None)
    cells = {reason: cell for (reason, at), cell in grid.items() if at == year and reason not in _TOTALS}
    order = sorted(cells, key=lambda reason: (_place(reason), -(cells[reason].value or 0), reason))
    return {reason: cells[reason] for reason in order}


def _place(reason: str) -> int:
    return _INCLUDED.index(reason) if reason in _INCLUDED else len(_INCLUDED)


def ledger(context: Context) -> Figure:
    """One bar of all reported learners, by what became of them."""
    title, key = "Who is in these numbers, and who is not", "coverage"
    cells = ledger_cells(context)
    if not cells:
        return nothing(key, title, "coverage")
    names = {reason: context.naming.name("reason", reason) for reason in cells}
    rows = [
        Part(
            names[reason],
            cell.value if cell.shown else None,
            say.state(cell, say.percent(cell.value or 0)),
            TONES[place % len(TONES)],
        )
        for place, (reason, cell) in enumerate(cells.items())
    ]
    description = f"One bar of all learners that certifiers reported, cut by what became of them. {ledger_note(cells)}"
    horizon = next(iter(cells.values())).horizon
    grid: Grid = {(reason, horizon): cell for reason, cell in cells.items()}
    columns = [("Share", grid, "value"), (context.counted("Out of (learners)"), grid, "n")]
    table = by_measure(
        "Learners reported by certifiers, by what became of them.", "Reason", names, columns, horizon=horizon
    )
    return Figure(
        key,
        title,
        ledger_words(cells, names),
        [Picture(key, title, description, parts(rows))],
        [item for item in (table, by_horizon(context, names)) if not item.empty],
        ledger_note(cells),
        swatches(rows),
    )


def ledger_words(cells: dict[str, Cell], names: dict[str, str]) -> list[str]:
    """Each part of the ledger in words, included learners first."""
    shown = [
        f"{name[0].lower() + name[1:]} ({say.percent(cell.value or 0)})"
        for reason, cell in cells.items()
        if cell.shown and (name := names[reason])
    ]
    hidden = [names[reason][0].lower() + names[reason][1:] for reason, cell in cells.items() if not cell.shown]
    said = [f"What became of all learners that certifiers reported: {say.listing(shown)}."] if shown else []
    return [*said, *([f"Not shown or not available: {say.listing(hidden)}."] if hidden else [])]


def ledger_note(cells: dict[str, Cell]) -> str:
    """Say whether the parts add up; a difference beyond rounding is not hidden."""
    total = sum(cell.value or 0 for cell in cells.values() if cell.shown)
    if any(not cell.shown for cell in cells.values()):
        return (
            "Hatched parts are not shown; their width only fills the bar up to 100% and says nothing about their sizes."
        )
    if abs(total - 1) <= _HALF_POINT * len(cells):
        return "The parts add up to 100%, apart from rounding."
    return f"The parts add up to {say.percent(total)}: one learner can stand in several of them or in none."


def included_words(reason: str, share: str, context: Context) -> str:
    """The share of a reason that counts as included, in words."""
    phrases = {
        "seen_after": "have wages in at least one year after the award",
        "seen_in_wages": "have wages in that year",
    }
    name = context.naming.name("reason", reason)
    return f"{share} {phrases.get(reason) or f'fall under {name}'}"


def by_horizon(context: Context, names: Mapping[str, str]) -> Table:
    """The ledgers at single years after the award, as far as the release has them."""
    grid = context.release.reasons()
    years = horizons([grid])
    found = {reason for reason, year in grid if year is not None and reason not in _TOTALS}
    kept = {
        reason: names.get(reason) or context.naming.name("reason", reason)
        for reason in sorted(found, key=lambda reason: (_place(reason), reason))
    }
    caption = "The same ledger at single years after the award; every column is a ledger of its own."
    return by_year(caption, "Reason", kept, [("", grid, "value")], years)


def wage_matched(context: Context) -> Figure:
    """Share of the cohort with wages, by year."""
    title, key = "For how many a wage record was found", "wage-matched"
    grid = context.release.grid("wage_matched", "wage_matched_share")
    years = horizons([grid])
    if not years:
        return nothing(key, title, "wage records found")
    points = points_of(grid, ALL, "All holders")
    wide, narrow = (lines(points, Frame(width, height, "share", 1.0)) for width, height in ((600, 220), (215, 200)))
    shown = [cell for year in years if (cell := grid.get((ALL, year))) and cell.shown]
    if shown:
        least, most = min(shown, key=lambda cell: cell.value or 0), max(shown, key=lambda cell: cell.value or 0)
        low = f"{say.percent(least.value or 0)} ({say.year(least.horizon or 0)})"
        high = f"{say.percent(most.value or 0)} ({say.year(most.horizon or 0)})"
        words = [f"A wage record was found for between {low} and {high} of the holders."]
    else:
        words = ["The share of holders with a wage record is not shown."]
    return Figure(
        key,
        title,
        words,
        [
            Picture(
                key,
                title,
                "Line of the share of holders with a wage record, by year around the award.",
                wide,
                narrow,
            )
        ],
        [
            by_year(
                "Share of holders with a wage record, by year relative to the award.",
                "Holders",
                {ALL: "All holders"},
                [
                    ("Share", grid, "value"),
                    ("Band, low", grid, "low"),
                    ("Band, high", grid, "high"),
                    (context.counted("Out of (learners)"), grid, "n"),
                ],
                years,
            )
        ],
        "Holders without a wage record are not necessarily out of work: wage records miss the self-employed and some employers.",
        legend(points, panels=False),
    )
