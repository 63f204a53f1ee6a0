"""Figures on where holders work, and what working in the industry pays over working elsewhere."""

from credential_pipeline.engines.charts.bars import Bar, bars, intervals, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.asked import LARGE
from credential_pipeline.public.published_outcomes.cells import ALL, Cell, Grid, categories, horizons, last_shown
from credential_pipeline.public.published_outcomes.chosen import LINES, of_most_learners
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import (
    BAND,
    HATCHED,
    legend,
    points_of,
    years_picture,
)
from credential_pipeline.public.published_outcomes.labels import REST, in_order, sector_of
from credential_pipeline.public.published_outcomes.ranking import ends_words, rank_cells
from credential_pipeline.public.published_outcomes.tables import by_year, total_first


def work_figures(context: Context) -> list[Figure]:
    """All figures on work, in the order of the page."""
    return [industry_share(context), sectors(context), premium(context)]


def industry_share(context: Context) -> Figure:
    """Share of holders with wages who work in the industry, by year, overall and by certifier."""
    title, key, measure = f"Working in {context.industry}", "industry-share", "in_industry_share"
    grid = context.release.grid("industry_share", measure, "certifier")
    years = [year for year in horizons([grid]) if year >= 0] or horizons([grid])
    if not years:
        return nothing(key, title, f"work in {context.industry}")
    chosen = of_most_learners(grid, in_order(categories(grid)), LINES)
    names = total_first({code: context.naming.name("certifier", code) for code in chosen.rows})
    points = [point for code, name in names.items() for point in points_of(grid, code, name) if point.year in years]
    description = f"Lines of the share of holders with wages whose main employer is in {context.industry}, by year after the award."
    panels = len(names) > 1
    caption = f"Share of holders with wages who work in {context.industry}, by year relative to the award."
    parts = [
        ("Share", grid, "value"),
        ("Band, low", grid, "low"),
        ("Band, high", grid, "high"),
        (context.counted("Learners with wages"), grid, "n"),
    ]
    return Figure(
        key,
        title,
        share_words(context, grid),
        [years_picture(key, title, description, points, "share", panels=panels)],
        [by_year(caption, "Certifier", names, parts, horizons([grid]))],
        f"The share is taken among holders with wages in the year; it is not an employment rate. {chosen.words('certifiers')}".strip(),
        legend(points, panels=panels),
    )


def share_words(context: Context, grid: Grid) -> list[str]:
    """The share in the first and in the last published year after the award."""
    last = last_shown(grid)
    shown = [
        cell for (code, year), cell in grid.items() if code == ALL and year is not None and year > 0 and cell.shown
    ]
    first = min(shown, key=lambda cell: cell.horizon or 0, default=None)
    if last is None or first is None:
        return [f"The share of holders who work in {context.industry} is not shown."]
    end = f"{say.percent(last.value or 0)} of holders with wages worked in {context.industry}"
    if first is last:
        return [f"In {say.year(last.horizon or 0)}, {end}."]
    start = f"In {say.year(first.horizon or 0)}, {say.percent(first.value or 0)} of holders with wages worked in {context.industry}"
    return [f"{start}; in {say.year(last.horizon or 0)}, {say.percent(last.value or 0)} did."]


def sectors(context: Context) -> Figure:
    """Shares of the sectors in which holders work, at the last horizon that has any."""
    title, key = "In which sectors holders work", "sectors"
    grid = context.release.grid("sectors", "sector_share", "sector")
    codes = categories(grid)
    years = horizons([grid])
    if not codes or not years:
        return nothing(key, title, "the sectors in which holders work")
    last = max((year for (_, year), cell in grid.items() if year is not None and cell.shown), default=years[-1])
    own = {sector for prefix in context.naics if (sector := sector_of(prefix, codes))}
    names = {code: context.naming.name("sector", code) for code in codes}
    at_last = {code: cell for code in codes if (cell := grid.get((code, last)))}
    order = sorted(at_last, key=lambda code: (code in REST, not at_last[code].shown, -(at_last[code].value or 0), code))
    rows = [_share_bar(names[code], at_last[code], strong=code in own) for code in order]
    description = f"Bars of the share of holders with wages in each sector in {say.year(last)}. The sector of the industry is in colour."
    caption = "Share of holders with wages by sector of the main employer and year relative to the award."
    tables = [by_year(caption, "Sector", {code: names[code] for code in order}, [("", grid, "value")], years)]
    return Figure(
        key,
        title,
        sector_words(context, at_last, names, own, last),
        [Picture(key, title, description, *shapes(bars, rows, "share"))],
        tables,
        "The sector is that of the employer who paid most in the year (NAICS).",
        [HATCHED] if any(row.value is None for row in rows) else [],
    )


def sector_words(
    context: Context, cells: dict[str, Cell], names: dict[str, str], own: set[str], last: int
) -> list[str]:
    """The industry's own sector, and the largest others."""
    said: list[str] = []
    for code in sorted(own & set(cells)):
        text = say.state(cells[code], f"{say.percent(cells[code].value or 0)} of holders with wages")
        said.append(
            f"In {say.year(last)}, {names[code]} had {text}." if cells[code].shown else f"{names[code]}: {text}."
        )
    others = sorted(
        (-(cell.value or 0), names[code])
        for code, cell in cells.items()
        if cell.shown and code not in own | REST and (cell.value or 0) >= LARGE
    )
    if others:
        listed = say.listing([f"{name} ({say.percent(-share)})" for share, name in others])
        said.append(f"{'Other sectors' if own else 'Sectors'} with {say.percent(LARGE)} or more: {listed}.")
    hidden = sum(not cell.shown for cell in cells.values())
    if hidden:
        said.append(f"{hidden} of {len(cells)} sectors are not shown or not available.")
    return said or [f"Where holders outside {context.industry} work is not shown."]


def _share_bar(name: str, cell: Cell, *, strong: bool = True) -> Bar:
    value = cell.value if cell.shown else None
    return Bar(name, value, say.state(cell, say.percent(value or 0)), tone="1" if strong else "quiet")


def premium(context: Context) -> Figure:
    """Difference of median earnings in and out of the industry, overall and by race."""
    title, key = f"What working in {context.industry} pays over working elsewhere", "premium"
    grid = context.release.grid("premium", "in_industry_premium", "race")
    years = horizons([grid])
    if not years:
        return nothing(key, title, f"earnings in and outside {context.industry}")
    total = last_shown(grid)
    last = total.horizon if total and total.horizon is not None else years[-1]
    names = total_first({code: context.naming.name("race", code) for code in in_order(categories(grid))})
    people = {code: context.naming.people("race", code) for code in names if code != ALL}
    rows = []
    for code, name in names.items():
        cell = grid.get((code, last))
        if cell is not None:
            value = cell.value if cell.shown else None
            text = say.state(cell, say.dollars(value or 0))
            rows.append(Bar(name, value, text, low=cell.low, high=cell.high, tone="1" if code == ALL else "2"))
    description = f"Dots of the difference in median annual earnings between holders in {context.industry} and holders elsewhere in {say.year(last)}, overall and by race, with bands where given."
    parts = [
        ("Difference", grid, "value"),
        ("Band, low", grid, "low"),
        ("Band, high", grid, "high"),
        (context.counted("Learners"), grid, "n"),
    ]
    entries = [BAND] if any(row.low is not None for row in rows) else []
    entries += [HATCHED] if any(row.value is None for row in rows) else []
    caption = f"Median annual earnings in {context.industry} less median annual earnings elsewhere, by year relative to the award. {context.money}"
    return Figure(
        key,
        title,
        premium_words(context, grid, people, last),
        [Picture(key, title, description, *shapes(intervals, rows, "usd"))],
        [by_year(caption, "Race", names, parts, years)],
        f"This is a difference between two groups of people, not an effect of the credential. {context.money}",
        entries,
    )


def premium_words(context: Context, grid: Grid, names: dict[str, str], last: int) -> list[str]:
    """The premium overall, then the largest and the smallest by race, where they can be told."""
    total = grid.get((ALL, last))
    if total is None or not total.shown:
        said = [
            f"What working in {context.industry} pays over working elsewhere is {say.state(total, '')} for all holders."
        ]
    else:
        text = say.more_or_less(total.value or 0)
        said = [
            f"In {say.year(last)}, holders working in {context.industry} earned {text}{say.band(total)} at the median {'as' if text == 'the same' else 'than'} those working elsewhere."
        ]
    ranking = rank_cells(grid, names, last)
    ends = ends_words(ranking, "usd", ("largest", "smallest"))
    if len(names) > 1:
        said.append(f"{f'By race the difference was {ends}' if ends else f'By race: {ranking.why}'}.")
    hidden = [
        name for code, name in names.items() if code != ALL and (cell := grid.get((code, last))) and not cell.shown
    ]
    return [*said, say.not_shown(hidden)] if hidden else said
