"""One measure for every group of people: the picture, the table and the sentence, at one year for all of them."""

from dataclasses import dataclass
from typing import Final

from credential_pipeline.engines.charts.bars import Bar, intervals, shapes
from credential_pipeline.engines.charts.figure import Block, Picture, Row, Table
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import Grid, categories
from credential_pipeline.public.published_outcomes.chosen import GROWING, LINES, ROWS, Chosen, of_most_learners
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.labels import in_order
from credential_pipeline.public.published_outcomes.ranking import ends_words, rank_cells
from credential_pipeline.public.published_outcomes.tables import entry

#: Dimension to what it is called.
GROUPS: Final = {
    "age_band": "age at the award",
    "sex": "sex",
    "race": "race",
    "ethnicity": "ethnicity",
    "certifier": "certifier",
    "cohort": "years of the award",
}


@dataclass(frozen=True)
class Split:
    """A measure that is shown by group.

    Attributes:
        definition: Variant of the measure; empty for its own.
        year: The one year at which groups are compared; None where time plays no part.
        event: What years are counted from.
    """

    table: str
    measure: str
    definition: str = ""
    year: int | None = None
    event: str = "the award"

    def grids(self, context: Context) -> dict[str, Grid]:
        """The grid of every dimension by which the measure is split into at least two groups."""
        found = {
            dimension: context.release.grid(self.table, self.measure, dimension, definition=self.definition)
            for dimension in GROUPS
        }
        return {dimension: grid for dimension, grid in found.items() if len(categories(grid)) > 1}

    def chosen(self, dimension: str, grid: Grid) -> Chosen[str]:
        """The groups that are shown, in order; only those that grow with the registry are ever too many."""
        most = LINES if dimension in GROWING else ROWS
        return of_most_learners(grid, in_order(categories(grid)), most)

    def by(self, dimension: str) -> str:
        """``by age at the award``."""
        return self._counted(f"by {GROUPS[dimension]}")

    def people(self, context: Context, dimension: str, code: str) -> str:
        """The people of a group in running text."""
        return self._counted(context.naming.people(dimension, code))

    @property
    def when(self) -> str:
        """`` in the fifth year after the award``, or nothing."""
        return f" in {say.year(self.year, self.event)}" if self.year is not None else ""

    def _counted(self, text: str) -> str:
        return text.replace("the award", self.event)


def group_picture(context: Context, split: Split, key: str, title: str) -> Picture | None:
    """A dot with its band for every group, a panel for each dimension; None if there is no group."""
    rows: list[Bar] = []
    unit = "share"
    for dimension, grid in split.grids(context).items():
        for code in split.chosen(dimension, grid).rows:
            cell = grid.get((code, split.year))
            if cell is None:
                continue
            unit = cell.unit
            text = say.state(cell, say.figure(cell.value or 0, cell.unit))
            name, panel = context.naming.name(dimension, code), say.opening(split.by(dimension))
            value = cell.value if cell.shown else None
            rows.append(Bar(name, value, text, low=cell.low, high=cell.high, tone="2", group=panel))
    if not rows:
        return None
    described = f"A dot with its band for every group{split.when}, in a panel for each way of grouping people."
    drawn = shapes(intervals, rows, unit)
    return Picture(key, f"{title}, by group", described, *drawn, heading=say.opening(f"by group{split.when}"))


def group_table(context: Context, split: Split, caption: str) -> Table:
    """The figure of every group at the one year, with its band and its learners; other years stand in the files."""
    blocks = []
    for dimension, grid in split.grids(context).items():
        rows = []
        for code in split.chosen(dimension, grid).rows:
            cell = grid.get((code, split.year))
            entries = tuple(entry(cell, part) for part in ("value", "low", "high", "n"))
            rows.append(Row(context.naming.name(dimension, code), entries))
        blocks.append(Block(say.opening(split.by(dimension)), tuple(rows)))
    columns = ("Figure", "Band, low", "Band, high", context.counted("Learners"))
    return Table(f"{caption}{split.when}.", "Group", columns, tuple(blocks))


def group_words(context: Context, split: Split, called: str) -> list[str]:
    """Which group stands highest and lowest in each way of grouping, and where that cannot be told."""
    told: list[str] = []
    untold: dict[str, list[str]] = {}
    for dimension, grid in split.grids(context).items():
        names = {code: split.people(context, dimension, code) for code in categories(grid)}
        ranking = rank_cells(grid, names, split.year)
        if ranking.why:
            untold.setdefault(ranking.why, []).append(split.by(dimension))
        else:
            told.append(f"{split.by(dimension)}, {ends_words(ranking, next(iter(grid.values())).unit)}")
    said = [f"{say.opening(called)} {'; '.join(told)}."] if told else []
    reasons = [f"{say.listing(names)}: {why}" for why, names in untold.items()]
    return said + ([f"{say.opening('; '.join(reasons))}."] if reasons else [])


def left_out_words(context: Context, split: Split) -> str:
    """How many groups neither picture nor table shows; nothing if they show all."""
    words = [
        split.chosen(dimension, grid).words(f"groups {split.by(dimension)}")
        for dimension, grid in split.grids(context).items()
    ]
    return " ".join(filter(None, words))
