"""The released cells in memory, and the selections that figures and sentences are made from.

Not here: what a cell looks like on the page (tables.py, the charts engine) or in words (sentences.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from credential_pipeline.foundation.contracts import published_outcomes
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection

PUBLISHED = 1
NOT_AVAILABLE = -1
SUPPRESSED = 5
ALL = "all"
OTHER = "other"
FAMILY = "family:"
OF = "@"
DIP = -1
"""The year before the award, in which those who train often earn less for reasons that pass: a test, and no base."""
DIMENSIONS = (
    "certifier",
    "credential",
    "cohort",
    "age_band",
    "sex",
    "race",
    "ethnicity",
    "state",
    "sector",
    "setting",
)


@dataclass(frozen=True)
class Cell:
    """One released figure: where it stands, what it is, and whether it may be shown.

    Attributes:
        at: Every dimension with its category; ``all`` where the cell is not split.
        horizon: Year relative to the award year; None where time plays no part.
        value: The figure in its unit (usd, share, count, mean); None unless published.
        n: Learners behind the figure.
        low: Lower end of the band; None if not given.
        high: Upper end of the band.
        status: 1 published, -1 not available, 5 suppressed.
    """

    cell_id: str
    table: str
    measure: str
    at: Mapping[str, str]
    horizon: int | None
    value: float | None
    unit: str
    n: int | None
    low: float | None
    high: float | None
    status: int
    definition: str
    attribution: str

    @property
    def shown(self) -> bool:
        """True if the figure is published and has a value."""
        return self.status == PUBLISHED and self.value is not None

    def category(self, dimension: str) -> str:
        """The category of a dimension; pooled credentials, which every certifier has, are told apart: ``other@mssc``."""
        code = self.at[dimension]
        pooled = dimension == "credential" and (code == OTHER or code.startswith(FAMILY))
        return f"{code}{OF}{self.at['certifier']}" if pooled else code


Key = tuple[str, int | None]
Grid = dict[Key, Cell]


def read_cells(con: Connection, industry: str) -> list[Cell]:
    """Read the released cells of an industry in the order of their ids.

    Raises:
        SafeError: The release holds no cell of the industry.
    """
    wanted = (
        'cell_id, "table", measure, horizon, value, unit, n, low, high, status, definition, attribution, '
        + ", ".join(DIMENSIONS)
    )
    rows = con.execute(
        f"SELECT {wanted} FROM {published_outcomes.SNAPSHOT.name}.published_outcomes "
        "WHERE industry = ? ORDER BY cell_id",
        [industry],
    ).fetchall()
    if not rows:
        raise SafeError("E_NO_CELLS", "The release holds no cell of this industry; publish a release of it first.")
    return [_cell(row) for row in rows]


def _cell(row: tuple[object, ...]) -> Cell:
    cell_id, table, measure, horizon, value, unit, n, low, high, status, definition, attribution, *at = row
    return Cell(
        cell_id=str(cell_id),
        table=str(table),
        measure=str(measure),
        at=dict(zip(DIMENSIONS, (str(part) if part else ALL for part in at), strict=True)),
        horizon=horizon if isinstance(horizon, int) else None,
        value=_number(value),
        unit=str(unit or ""),
        n=n if isinstance(n, int) else None,
        low=_number(low),
        high=_number(high),
        status=status if isinstance(status, int) else NOT_AVAILABLE,
        definition=str(definition or ""),
        attribution=str(attribution or ""),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


@dataclass(frozen=True)
class Release:
    """All released cells of an industry, indexed by table and measure."""

    cells: tuple[Cell, ...]
    attribution: str = ""
    _index: dict[tuple[str, str], list[Cell]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Index the cells once."""
        for cell in self.cells:
            self._index.setdefault((cell.table, cell.measure), []).append(cell)

    @cached_property
    def by_id(self) -> dict[str, Cell]:
        """The cells by their ids."""
        return {cell.cell_id: cell for cell in self.cells}

    def rows(self, table: str, measure: str) -> list[Cell]:
        """Give the cells of one measure in one table, under one attribution rule.

        The rule of the release is taken where the table has it, else the one that most of its cells follow: two rules
        in one figure would show two different populations as one.
        """
        found = self._index.get((table, measure), [])
        rules = Counter(cell.attribution for cell in found)
        if len(rules) < 2:  # noqa: PLR2004 - one rule, nothing to choose
            return found
        rule = self.attribution if self.attribution in rules else max(sorted(rules), key=lambda name: rules[name])
        return [cell for cell in found if cell.attribution == rule]

    def grid(
        self,
        table: str,
        measure: str,
        dimension: str | None = None,
        *,
        within: Mapping[str, str] | None = None,
        definition: str = "",
    ) -> Grid:
        """Cells that are split by one dimension and by nothing else, keyed by (category, horizon).

        Args:
            table: Name of the outcome table.
            measure: Name of the measure.
            dimension: The dimension of the split, whose total ``all`` is among the keys; None for the total only.
            within: Categories that other dimensions are held at, for example one certifier.
            definition: The variant of the measure; without one the measure's own is taken before any other.
        """
        grid: Grid = {}
        rows = [cell for cell in self.rows(table, measure) if definition in {"", cell.definition}]
        for cell in sorted(rows, key=lambda cell: cell.definition != measure):
            category = cell.category(dimension) if dimension else ALL
            held = dict(within or {})
            if dimension == "credential" and category != ALL:
                held.setdefault("certifier", cell.at["certifier"])  # credentials are nested in their certifier
            fixed = (cell.at[name] == held.get(name, ALL) for name in DIMENSIONS if name != dimension)
            if all(fixed):
                grid.setdefault((category, cell.horizon), cell)
        return grid

    def holds(self, table: str, measure: str = "") -> bool:
        """Whether there is a cell of the table, or of one measure in it."""
        return any(name == table and measure in {"", one} for name, one in self._index)

    def reasons(self) -> Grid:
        """Coverage cells by reason (kept in ``definition``) and horizon, for all learners."""
        return {
            (cell.definition, cell.horizon): cell
            for cell in self.rows("coverage", "coverage_share")
            if all(cell.at[name] == ALL for name in DIMENSIONS)
        }

    def count(self, status: int) -> int:
        """Number of cells with the status."""
        return sum(cell.status == status for cell in self.cells)


def categories(grid: Grid) -> list[str]:
    """Categories of a grid without the total, sorted, each once."""
    return sorted({category for category, _ in grid} - {ALL})


def horizons(grids: Iterable[Grid]) -> list[int]:
    """Horizons that occur in the grids, ascending; cells without a horizon are left out."""
    return sorted({horizon for grid in grids for _, horizon in grid if horizon is not None})


def last_year(grid: Grid, codes: Iterable[str]) -> int | None:
    """The last year after the award at which any of the categories is published, and everybody together if they have cells at all.

    Where the wage files end, the last years are told of the older awards alone, or of nobody: they would compare one group with none.

    Args:
        grid: Cells by category and horizon.
        codes: The categories.
    """
    wanted = set(codes)
    years = {
        year for (code, year), cell in grid.items() if code in wanted and cell.shown and year is not None and year > 0
    }
    whole = {year for (code, year), cell in grid.items() if code == ALL and cell.shown}
    return max(years & whole or years, default=None)


def last_shown(grid: Grid, category: str = ALL, *, after: int = 0) -> Cell | None:
    """The published cell of a category with the greatest horizon above ``after``; None if there is none."""
    found = [
        cell
        for (name, horizon), cell in grid.items()
        if name == category and horizon is not None and horizon > after and cell.shown
    ]
    return max(found, key=lambda cell: cell.horizon or 0, default=None)


def last_before(grid: Grid, category: str = ALL) -> Cell | None:
    """The published cell of a category at the year that later ones are set against; None if there is none."""
    found = {
        horizon: cell
        for (name, horizon), cell in grid.items()
        if name == category and horizon is not None and horizon < 0 and cell.shown
    }
    year = base_year(found)
    return None if year is None else found[year]


def base_year(years: Iterable[int]) -> int | None:
    """Of years before the award the one that later years are set against: the last before the dip.

    A rise from the dip would be told as more than it is; that year serves where there is no earlier one.
    """
    return max(years, key=lambda year: (year < DIP, year), default=None)
