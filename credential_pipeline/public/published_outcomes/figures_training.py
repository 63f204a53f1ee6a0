"""Figures on training settings and on how many credentials learners hold."""

from credential_pipeline.engines.charts.bars import Bar, bars, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture, Table
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.asked import LARGE
from credential_pipeline.public.published_outcomes.cells import ALL, Cell, Grid, categories
from credential_pipeline.public.published_outcomes.chosen import of_most_learners
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_attempts import attempts
from credential_pipeline.public.published_outcomes.figures_earnings import HATCHED
from credential_pipeline.public.published_outcomes.labels import REST, in_order
from credential_pipeline.public.published_outcomes.tables import by_measure, total_first

_VIEWS = ("setting_training", "setting_sector", "setting_degree", "setting_credit")


def training_figures(context: Context) -> list[Figure]:
    """All figures on training, in the order of the page."""
    return [settings(context), attempts(context)]


def settings(context: Context) -> Figure:
    """Shares of the training settings; one chart for each definition that the release holds."""
    title, key = "Where they trained", "settings"
    whole = [
        cell
        for cell in context.release.rows("settings", "setting_share")
        if cell.at["setting"] != ALL and all(value == ALL for name, value in cell.at.items() if name != "setting")
    ]
    groups: dict[tuple[str, int | None], list[Cell]] = {}
    for cell in whole:
        groups.setdefault((cell.definition, cell.horizon), []).append(cell)
    if not groups:
        return nothing(key, title, "training settings")
    said: list[str] = []
    pictures: list[Picture] = []
    tables: list[Table] = []
    everything = [_bar("", cell, "") for cell in whole]
    for number, ((definition, horizon), cells) in enumerate(sorted(groups.items(), key=_view_order)):
        cells.sort(
            key=lambda cell: (cell.at["setting"] in REST, not cell.shown, -(cell.value or 0), cell.at["setting"])
        )
        names = {cell.at["setting"]: context.naming.name("setting", cell.at["setting"]) for cell in cells}
        heading = context.naming.name("definition", definition) if len(groups) > 1 else ""
        rows = [_bar(names[cell.at["setting"]], cell, say.percent(cell.value or 0)) for cell in cells]
        description = f"Bars of the share of learners by training setting. {heading}".strip()
        drawn = shapes(bars, rows, "share", everything)
        pictures.append(Picture(f"{key}-{number}", title, description, *drawn, heading=heading))
        grid: Grid = {(cell.at["setting"], horizon): cell for cell in cells}
        columns = [("Share", grid, "value"), (context.counted("Out of (learners)"), grid, "n")]
        tables.append(
            by_measure(
                f"Share of learners by training setting. {heading}".strip(), "Setting", names, columns, horizon=horizon
            )
        )
        shown = [
            f"{say.lower(names[cell.at['setting']])} ({say.percent(cell.value or 0)})"
            for cell in cells
            if cell.shown and cell.at["setting"] not in REST and (cell.value or 0) >= LARGE
        ]
        said.append(
            f"{heading or 'Settings'}, shares of {say.percent(LARGE)} or more: {say.listing(shown) or 'none is shown'}."
        )
    return Figure(key, title, said, pictures, tables, "", _legend(everything))


def _view_order(item: tuple[tuple[str, int | None], list[Cell]]) -> tuple[int, str]:
    """The certifier's own word first, then what the education registry says."""
    definition = item[0][0]
    return (_VIEWS.index(definition) if definition in _VIEWS else len(_VIEWS), definition)


def stacking(context: Context) -> Figure:
    """Credentials per learner, overall and by certifier, and the shares of learners with one, two and more."""
    title, key = "How many credentials a learner holds", "stacking"
    grid = context.release.grid("stacking", "credentials_per_learner", "certifier")
    if not grid:
        return nothing(key, title, "credentials per learner")
    horizon = min({year for _, year in grid}, key=lambda year: (year is not None, year or 0))
    chosen = of_most_learners(grid, in_order(categories(grid)))
    names = total_first({code: context.naming.name("certifier", code) for code in chosen.rows})
    rows = [
        _bar(name, cell, say.figure(cell.value or 0, "mean"), tone="1" if code == ALL else "2")
        for code, name in names.items()
        if (cell := grid.get((code, horizon)))
    ]
    described = "Bars of the average number of credentials of a learner, overall and by certifier."
    pictures = [
        Picture(key, title, described, *shapes(bars, rows, "mean"), heading="Credentials for each learner, on average")
    ]
    columns = [("Credentials", grid, "value"), (context.counted("Learners"), grid, "n")]
    caption = "Average number of credentials for each learner."
    tables = [by_measure(caption, "Certifier", names, columns, horizon=horizon)]
    total = grid.get((ALL, horizon))
    shown = total is not None and total.shown
    said = [
        f"Learners held {total.value or 0:.1f} credentials on average."
        if total is not None and shown
        else "The average number of credentials is not shown."
    ]
    cells = {
        cell.definition: cell
        for cell in context.release.rows("stacking", "stacking_share")
        if all(place == ALL for place in cell.at.values())
    }
    if cells:
        words, drawing, table = _stacks(context, cells)
        said += words
        pictures.append(drawing)
        tables.append(table)
        rows += [_bar("", cell, "") for cell in cells.values()]
    return Figure(key, title, said, pictures, tables, chosen.words("certifiers"), _legend(rows))


def _stacks(context: Context, cells: dict[str, Cell]) -> tuple[list[str], Picture, Table]:
    """Shares of learners by the number of their credentials."""
    names = {definition: context.naming.name("definition", definition) for definition in sorted(cells)}
    rows = [_bar(name, cells[key], say.percent(cells[key].value or 0)) for key, name in names.items()]
    described = "Bars of the share of learners by the number of their credentials."
    heading = "Learners by number of credentials"
    drawing = Picture("stacks", heading, described, *shapes(bars, rows, "share"), heading=heading)
    first = next(iter(cells.values()))
    grid: Grid = {(key, first.horizon): cell for key, cell in cells.items()}
    columns = [("Share", grid, "value"), (context.counted("Out of (learners)"), grid, "n")]
    table = by_measure("Share of learners by number of credentials.", "Learners", names, columns, horizon=first.horizon)
    shown = [
        f"{say.lower(name)} {say.percent(cells[key].value or 0)}" for key, name in names.items() if cells[key].shown
    ]
    return ([f"Shares of the holders: {say.listing(shown)}."] if shown else []), drawing, table


def _legend(rows: list[Bar]) -> list[tuple[str, str]]:
    return [HATCHED] if any(row.value is None for row in rows) else []


def _bar(name: str, cell: Cell, text: str, tone: str = "1") -> Bar:
    return Bar(name, cell.value if cell.shown else None, say.state(cell, text), tone=tone)
