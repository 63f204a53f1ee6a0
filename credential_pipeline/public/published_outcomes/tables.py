"""The data table beside every figure: the same released cells as numbers, each with the id that traces it.

Not here: HTML (report.html.j2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from credential_pipeline.public.published_outcomes import sentences
from credential_pipeline.public.published_outcomes.cells import ALL, NOT_AVAILABLE, Cell, Grid


@dataclass(frozen=True)
class Entry:
    """One field of a data table.

    Attributes:
        text: What is printed.
        cell_id: Id of the released cell; empty if the release holds none here.
        part: Column of the released cell that is printed: value, n, low or high.
        mark: CSS class for hidden (``s5``) or missing (``s-1``) figures.
    """

    text: str
    cell_id: str = ""
    part: str = "value"
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a data table: its name and its fields."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def prefix(self) -> str:
        """What the ids of its cells have in common; written once a line to keep the page small."""
        return commonprefix(  # noqa: RUF071 - the ids are no paths
            [item.cell_id for item in self.entries if item.cell_id]
        )


@dataclass(frozen=True)
class Block:
    """Lines that belong together, under a heading of their own if ``name`` is not empty."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class DataTable:
    """A data table: what it holds, its columns (without the first, which names the lines), its lines."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def empty(self) -> bool:
        """True if the release holds nothing for it."""
        return not any(block.rows for block in self.blocks)


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
) -> DataTable:
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
    return DataTable(caption, corner, tuple(year_column(year) for year in years), tuple(blocks))


def by_measure(
    caption: str,
    corner: str,
    names: Mapping[str, str],
    columns: Sequence[tuple[str, Grid, str]],
    *,
    horizon: int | None = None,
    missing: str = sentences.NOT_AVAILABLE,
) -> DataTable:
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
    return DataTable(caption, corner, tuple(heading for heading, _, _ in columns), (Block("", known),))


def total_first(names: Mapping[str, str], total: str = "All holders") -> dict[str, str]:
    """Put the total before the categories."""
    return {ALL: total, **names}
