"""The data table beside every figure: the same released cells as numbers, each with the id that traces it.

Not here: HTML (figure.html.j2 of the charts engine).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from credential_pipeline.engines.charts.figure import Block, Entry, Row, Table
from credential_pipeline.public.published_outcomes import sentences
from credential_pipeline.public.published_outcomes.cells import ALL, NOT_AVAILABLE, Cell, Grid

_FIGURE: Final = (("Figure", "value"), ("Band, low", "low"), ("Band, high", "high"))


def entry(cell: Cell | None, part: str = "value", missing: str = sentences.NOT_AVAILABLE) -> Entry:
    """One field: the figure, or in words that it is hidden or missing."""
    if cell is None:
        return Entry("\N{EN DASH}", mark="none")
    if not cell.shown:
        unavailable = cell.status == NOT_AVAILABLE
        return Entry(
            missing if unavailable else sentences.NOT_SHOWN, cell.cell_id, part, "s-1" if unavailable else "s5"
        )
    value = getattr(cell, part)
    if value is None:
        return Entry("\N{EN DASH}", mark="none")
    return Entry(sentences.figure(value, "count" if part == "n" else cell.unit), cell.cell_id, part)


def year_column(year: int) -> str:
    """Heading of the column of a horizon: years before with a minus sign, year 0 as the award."""
    if year == 0:
        return "0 (award)"
    return f"+{year}" if year > 0 else f"\N{MINUS SIGN}{-year}"


def by_year(
    caption: str,
    corner: str,
    names: Mapping[str, str],
    lines: Sequence[tuple[str, Grid, str]],
    years: Sequence[int],
) -> Table:
    """A table with a column for each year.

    Args:
        caption: What the table holds.
        corner: Heading of the first column.
        names: Category to readable name, in the order of the blocks.
        lines: For each line of a block: its name, its grid and the part of the cell (value, n, low, high).
        years: Horizons, ascending.
    """
    blocks: list[Block] = []
    for category, name in names.items():
        rows: list[Row] = []
        for label, grid, part in lines:
            cells = [grid.get((category, year)) for year in years]
            if any(cell is not None and (part == "value" or getattr(cell, part) is not None) for cell in cells):
                rows.append(Row(label or name, tuple(entry(cell, part) for cell in cells)))
        if rows:
            blocks.append(Block(name if len(lines) > 1 else "", tuple(rows)))
    return Table(caption, corner, tuple(year_column(year) for year in years), tuple(blocks))


def by_measure(
    caption: str,
    corner: str,
    names: Mapping[str, str],
    columns: Sequence[tuple[str, Grid, str]],
    *,
    horizon: int | None = None,
    missing: str = sentences.NOT_AVAILABLE,
) -> Table:
    """A table with a column for each measure, at one horizon.

    Args:
        caption: What the table holds.
        corner: Heading of the first column.
        names: Category to readable name, in the order of the lines.
        columns: Heading, grid and part of the cell.
        horizon: Horizon of the cells; None for cells without one.
        missing: What status -1 means here.
    """
    rows = [
        Row(name, tuple(entry(grid.get((category, horizon)), part, missing) for _, grid, part in columns))
        for category, name in names.items()
    ]
    known = tuple(row for row in rows if any(item.cell_id for item in row.entries))
    return Table(caption, corner, tuple(heading for heading, _, _ in columns), (Block("", known),))


def total_first(names: Mapping[str, str], total: str = "All holders") -> dict[str, str]:
    """Put the total before the categories."""
    return {ALL: total, **names}


def years_table(caption: str, named: Sequence[tuple[str, Grid, str]], years: Sequence[int], learners: str) -> Table:
    """A table with a column for each year and, for each of several grids, lines of the figure, its band and its learners.

    Args:
        caption: What the table holds.
        named: Name, grid, and the category that is shown of it.
        years: Horizons, ascending.
        learners: Heading of the line of learners.
    """
    blocks: list[Block] = []
    for name, grid, category in named:
        cells = [grid.get((category, year)) for year in years]
        rows = [
            Row(label, tuple(entry(cell, part) for cell in cells))
            for label, part in (*_FIGURE, (learners, "n"))
            if part == "value" or any(cell is not None and getattr(cell, part) is not None for cell in cells)
        ]
        blocks.append(Block(name, tuple(rows)))
    return Table(caption, "Year", tuple(year_column(year) for year in years), tuple(blocks))


def measures_table(
    caption: str, named: Sequence[tuple[str, Grid, str]], learners: str, horizon: int | None = None
) -> Table:
    """A table with a line for each of several grids: the figure, its band and its learners.

    Args:
        caption: What the table holds.
        named: Name, grid, and the category that is shown of it.
        learners: Heading of the column of learners.
        horizon: The year of the cells; those without one stand beside them.
    """
    columns = (*_FIGURE, (learners, "n"))
    rows = []
    for name, grid, category in named:
        cell = grid.get((category, horizon)) or grid.get((category, None))
        rows.append(Row(name, tuple(entry(cell, part) for _, part in columns)))
    return Table(caption, "Measure", tuple(heading for heading, _ in columns), (Block("", tuple(rows)),))
