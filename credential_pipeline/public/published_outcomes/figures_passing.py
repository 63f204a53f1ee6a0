"""How passing goes on after the first sitting, and for which years a certifier tells who failed."""

from credential_pipeline.engines.charts.bars import Bar, intervals, shapes
from credential_pipeline.engines.charts.figure import Block, Figure, Picture, Row, Table
from credential_pipeline.engines.charts.lines import Frame, Point, lines
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import NOT_AVAILABLE, Cell, categories
from credential_pipeline.public.published_outcomes.chosen import LINES, Chosen, choose
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_earnings import BAND, HATCHED
from credential_pipeline.public.published_outcomes.labels import in_order
from credential_pipeline.public.published_outcomes.tables import entry

_TABLE = "attempts"
_SHARE, _RISK, _YEARLY = "passing_share", "passing_at_risk", "yearly_pass_rate"
_TOLD = ("sitting_1", "sitting_2", "months_12")


def passing_figures(context: Context) -> list[Figure]:
    """The curves of passing and the pass rates by year; none where the release has no such measure."""
    return [figure for figure in (curves(context), by_year(context)) if figure is not None]


def _certifiers(context: Context, measure: str) -> Chosen[str]:
    """The certifiers that have the measure, those of most learners if they are many."""
    numbers: dict[str, int] = {}
    rows = context.release.rows(_TABLE, measure)
    for cell in rows:
        if cell.shown:
            numbers[cell.at["certifier"]] = max(numbers.get(cell.at["certifier"], 0), cell.n or 0)
    return choose(in_order({cell.at["certifier"] for cell in rows}), numbers.get, LINES)


def _place(setting: str) -> tuple[bool, int]:
    """Sittings before months, each by number."""
    kind, _, number = setting.partition("_")
    return kind != "sitting", int(number) if number.isdigit() else 0


def curves(context: Context) -> Figure | None:
    """The share that has passed by each sitting and within months, with the numbers at risk."""
    title, key = "How passing goes on after the first sitting", "passing"
    chosen = _certifiers(context, _SHARE)
    owners = chosen.rows
    grids = {code: context.release.grid(_TABLE, _SHARE, "setting", within={"certifier": code}) for code in owners}
    risks = {code: context.release.grid(_TABLE, _RISK, "setting", within={"certifier": code}) for code in owners}
    grids = {code: grid for code, grid in grids.items() if categories(grid)}
    if not grids:
        return None
    rows: list[Bar] = []
    blocks: list[Block] = []
    said: list[str] = []
    for owner, grid in grids.items():
        name = context.naming.name("certifier", owner)
        names = {code: context.naming.name("setting", code) for code in sorted(categories(grid), key=_place)}
        rows += [_dot(grid[code, None], words, name) for code, words in names.items()]
        blocks.append(
            Block(
                name,
                tuple(_line(grid[code, None], risks[owner].get((code, None)), words) for code, words in names.items()),
            )
        )
        told = [
            f"{say.percent(cell.value or 0)} {say.lower(names[code])}"
            for code in _TOLD
            if (cell := grid.get((code, None))) is not None and cell.shown
        ]
        said += [f"{name}: passed {say.listing(told)}."] if told else []
    columns = ("Passed", "Band, low", "Band, high", context.counted("Followed"), context.counted("At risk"))
    caption = "Share that has passed, and how many had not before and were still followed."
    described = "For each certifier a dot with its band for each sitting and for each time since the first one."
    picture = Picture(key, title, described, *shapes(intervals, rows, "share"))
    legend = [BAND] if any(row.low is not None for row in rows) else []
    legend += [HATCHED] if any(row.value is None for row in rows) else []
    note = "Of pairs of a learner and a credential: by months as far as the records reach, by sitting of those who are followed for two years or more."
    tables = [Table(caption, "Until", columns, tuple(blocks))]
    note = f"{note} {chosen.words('certifiers')}".strip()
    return Figure(key, title, said or ["The curve of passing is not shown."], [picture], tables, note, legend)


def _dot(cell: Cell, name: str, panel: str) -> Bar:
    text = say.state(cell, say.percent(cell.value or 0))
    if not cell.shown:
        return Bar(name, None, text, group=panel)
    return Bar(name, cell.value, text, low=cell.low, high=cell.high, group=panel)


def _line(cell: Cell, risk: Cell | None, name: str) -> Row:
    return Row(name, (*(entry(cell, part) for part in ("value", "low", "high", "n")), entry(risk)))


def by_year(context: Context) -> Figure | None:
    """The pass rate at the first sitting by its year, and the years for which a certifier does not tell who failed."""
    title, key = "Passed at the first sitting, by year", "passing-years"
    chosen = _certifiers(context, _YEARLY)
    owners = chosen.rows
    grids = {code: context.release.grid(_TABLE, _YEARLY, "setting", within={"certifier": code}) for code in owners}
    years = sorted({code for grid in grids.values() for code in categories(grid) if code.isdigit()})
    if not years:
        return None
    names = {code: context.naming.name("certifier", code) for code in owners}
    points = [
        Point(owner.upper(), int(year), cell.value if cell.shown else None, cell.low, cell.high)
        for owner, grid in grids.items()
        for year in years
        if (cell := grid.get((year, None))) is not None and cell.status != NOT_AVAILABLE
    ]
    missing = {
        owner: [year for year in years if (cell := grid.get((year, None))) is not None and cell.status == NOT_AVAILABLE]
        for owner, grid in grids.items()
    }
    said = [
        f"{names[owner]} does not report who failed in {say.listing(silent)}: that is not the same as nobody failing."
        for owner, silent in missing.items()
        if silent
    ]
    rows = tuple(
        Row(names[owner], tuple(entry(grids[owner].get((year, None)), missing="not reported") for year in years))
        for owner in owners
    )
    table = Table(
        "Share of first sittings that were passed, by the year of the sitting.",
        "Certifier",
        tuple(years),
        (Block("", rows),),
    )
    if not points:
        return Figure(key, title, said, [], [table], chosen.words("certifiers"))
    wide, narrow = (
        lines(points, Frame(width, height, "share", 1.0, "", "Year of the first sitting"))
        for width, height in ((520, 220), (180, 200))
    )
    picture = Picture(
        key, title, "A line for each certifier of the share of first sittings that were passed, by year.", wide, narrow
    )
    legend = [HATCHED] if any(point.value is None for point in points) else []
    whom = "Every certifier that is shown" if chosen.left else "Every certifier"
    said = said or [f"{whom} reports who failed in all of these years."]
    note = f"A year that is not reported has no point. {chosen.words('certifiers')}".strip()
    return Figure(key, title, said, [picture], [table], note, legend)
