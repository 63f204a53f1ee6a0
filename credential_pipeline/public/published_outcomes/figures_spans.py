"""Earnings before and after where categories are many: a line for each, from the median before to the middle half after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credential_pipeline.engines.charts.bars import Bar, dumbbells, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, Cell, Grid, categories, horizons, last_year
from credential_pipeline.public.published_outcomes.chosen import of_most_learners
from credential_pipeline.public.published_outcomes.comparison import groups_words
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import HATCHED, P25, P50, P75
from credential_pipeline.public.published_outcomes.labels import in_order
from credential_pipeline.public.published_outcomes.ranking import ends_words, rank_cells
from credential_pipeline.public.published_outcomes.tables import by_year

_FEW: Final = 8


@dataclass(frozen=True)
class Kind:
    """By what the earnings are split: the table and its dimension, what one and several are called, and what to beware of."""

    table: str
    dimension: str
    one: str
    several: str
    beware: str

    @property
    def key(self) -> str:
        """Id of the figure within the page."""
        return f"earnings-{self.dimension}"


CREDENTIALS: Final = Kind(
    "earnings_by_credential",
    "credential",
    "credential",
    "credentials",
    "Holders of two credentials differ in more than the credential: this is no difference between what the two do.",
)
STATES: Final = Kind(
    "earnings_by_state", "state", "state of residence", "states", "Prices and industries differ between states, too."
)


def span_figures(context: Context) -> list[Figure]:
    """Earnings by credential and by state; by state only where the release has the table."""
    kinds = [CREDENTIALS, *([STATES] if context.release.holds(STATES.table) else [])]
    return [earnings_span(context, kind) for kind in kinds]


def earnings_span(context: Context, kind: Kind) -> Figure:
    """Median before and after for each category, with the middle half after; credentials in one chart for each certifier."""
    title = f"Earnings by {kind.one}"
    grids = {measure: context.release.grid(kind.table, measure, kind.dimension) for measure in (P25, P50, P75)}
    median = grids[P50]
    codes = in_order(categories(median))
    years = horizons([median])
    if not codes or years[-1] <= 0:
        return nothing(kind.key, title, f"earnings by {kind.one}")
    names = {code: context.naming.name(kind.dimension, code) for code in codes}
    before = max((year for year in years if year < 0), default=None)
    last = last_year(median, codes) or years[-1]
    chosen = of_most_learners({key: cell for key, cell in median.items() if key[1] == last}, codes)
    shown = {code: names[code] for code in chosen.rows}
    rows = {code: _span(name, code, grids, last, before) for code, name in shown.items()}
    parts = [("Median", median, "value"), (context.counted("Learners"), median, "n")]
    parts = [("25th percentile", grids[P25], "value"), parts[0], ("75th percentile", grids[P75], "value"), parts[1]]
    caption = f"Annual earnings by {kind.one} and year relative to the award. {context.money}"
    entries = [("dot", f"median in {say.year(last)}"), ("bar", "middle half of the holders in that year")]
    entries += [("hollow", f"median in {say.year(before)}")] if before is not None else []
    entries += [HATCHED] if any(row.value is None for row in rows.values()) else []
    beyond = groups_words(context, kind.dimension, codes) if len(codes) <= _FEW else []
    return Figure(
        kind.key,
        title,
        [*_ends(kind, median, names, last), *beyond, kind.beware],
        _pictures(context, kind, median, rows, last),
        [by_year(caption, say.opening(kind.one), shown, parts, [year for year in (before, last) if year is not None])],
        f"{chosen.words(kind.several)} {context.money}".strip(),
        entries,
    )


def _pictures(context: Context, kind: Kind, median: Grid, rows: Mapping[str, Bar], last: int) -> list[Picture]:
    """One chart for each certifier, largest median first; they share an axis."""
    owners: dict[str, list[str]] = {}
    for code in rows:
        cell = median.get((code, last))
        owners.setdefault(cell.at["certifier"] if cell else ALL, []).append(code)
    pictures = []
    for number, (owner, members) in enumerate(sorted(owners.items())):
        members.sort(key=lambda code: (rows[code].value is None, -(rows[code].value or 0), rows[code].name))
        heading = context.naming.name("certifier", owner) if owner != ALL else ""
        which = f" of {heading}" if heading else ""
        described = f"{say.opening(kind.several)}{which}: median annual earnings in year {last} after the award, the range of the middle half, and the median before it."
        drawn = shapes(dumbbells, [rows[code] for code in members], "usd", list(rows.values()))
        title = f"Earnings by {kind.one}{which}"
        pictures.append(Picture(f"{kind.key}-{number}", title, described, *drawn, heading=heading))
    return pictures


def _span(name: str, code: str, grids: Mapping[str, Grid], last: int, before: int | None) -> Bar:
    def value(measure: str, year: int | None) -> float | None:
        cell: Cell | None = grids[measure].get((code, year))
        return cell.value if cell and cell.shown else None

    after = value(P50, last)
    text = say.state(grids[P50].get((code, last)), say.dollars(after or 0))
    return Bar(
        name, after, text, value(P50, before) if before is not None else None, value(P25, last), value(P75, last)
    )


def _ends(kind: Kind, median: Grid, names: Mapping[str, str], last: int) -> list[str]:
    hidden = sum((cell := median.get((code, last))) is None or not cell.shown for code in names)
    ranking = rank_cells(median, names, last)
    ends = ends_words(ranking, "usd")
    said = [f"Median earnings in {say.year(last)} were {ends}."] if ends else []
    if not ends and hidden < len(names):
        said.append(f"{say.opening(kind.several)} by their median earnings in {say.year(last)}: {ranking.why}.")
    if hidden:
        said.append(f"For {hidden} of {len(names)} {kind.several} the figure is not shown or not available.")
    return said
