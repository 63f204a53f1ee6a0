"""What would have happened anyway, in words: the matched comparison of the release, wherever earnings are told.

Without cells of the comparison nothing here says a word of cause. Not here: its figures (figures_comparison.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import ALL, Cell, Grid, last_shown, last_year
from credential_pipeline.public.published_outcomes.context import Context

TABLE: Final = "comparison"
EFFECT, ANYWAY, HOLDERS = "comparison_effect", "counterfactual_earnings", "matched_holder_earnings"
DRIFTING, BREAKDOWN = "comparison_effect_if_drifting", "comparison_breakdown"
UNKNOWN: Final = "How much of this would have happened anyway, these figures do not say."


@dataclass(frozen=True)
class Compared:
    """The matched comparison at one year after the award, all of it published.

    Attributes:
        effect: What holders earn beyond people like them.
        anyway: What they would have earned had they changed as those did.
        holders: What they earned.
    """

    horizon: int
    effect: Cell
    anyway: Cell
    holders: Cell


def grid_of(context: Context, measure: str, dimension: str | None = None) -> Grid:
    """Cells of a measure of the comparison, each in its own definition."""
    return context.release.grid(TABLE, measure, dimension, definition=measure)


def compared(context: Context) -> Compared | None:
    """The comparison of all holders at the last year after the award at which it is published."""
    grids = [grid_of(context, measure) for measure in (EFFECT, ANYWAY, HOLDERS)]
    whole = {key: cell for key, cell in grids[0].items() if all(key in grid and grid[key].shown for grid in grids)}
    effect = last_shown(whole)
    if effect is None or effect.horizon is None:
        return None
    return Compared(effect.horizon, *(grid[ALL, effect.horizon] for grid in grids))


def ranges_of(context: Context) -> Grid:
    """The effect with the range that it has if holders and others had drifted on."""
    return context.release.grid(TABLE, EFFECT, definition=DRIFTING)


def drift_words(context: Context) -> list[str]:
    """What is left of the effect at its last published year if the two had drifted on, and how much drift would leave nothing."""
    ranges = ranges_of(context)
    last = last_shown(grid_of(context, EFFECT))
    if not ranges or last is None:
        return []
    wide, broken = ranges.get((ALL, last.horizon)), grid_of(context, BREAKDOWN).get((ALL, last.horizon))
    if wide is None or not wide.shown or wide.low is None or wide.high is None:
        return ["What it would be if the two had drifted on is not shown or not available."]
    said = (
        f"Had holders and the others drifted apart after those years, either way, by as much a year as the tests five and four years before "
        f"the award show, with what chance makes of these, it could be anything from {say.dollars(wide.low)} to {say.dollars(wide.high)} in "
        f"{say.year(last.horizon or 0)}"
    )
    if broken is None or not broken.shown or broken.value is None or includes_nothing(last):
        return [f"{said}."]
    told = f"{broken.value:.1f} times" if broken.value else "less than a tenth of"
    return [f"{said}; {told} that drift would be needed before it could be nothing."]


def perhaps_nothing_words(context: Context) -> str:
    """That the effect at its last published year could be nothing if the two had drifted on, where its band alone does not say so."""
    last = last_shown(grid_of(context, EFFECT))
    wide = ranges_of(context).get((ALL, last.horizon)) if last else None
    if (
        last is None
        or includes_nothing(last)
        or wide is None
        or not wide.shown
        or wide.low is None
        or wide.high is None
    ):
        return ""
    if not includes_nothing(wide):
        return ""
    return (
        f"Had holders and the others drifted apart by as much a year as they did before the award, either way, it could be nothing: "
        f"{say.dollars(wide.low)} to {say.dollars(wide.high)}."
    )


def includes_nothing(cell: Cell) -> bool:
    """Whether the band of an effect holds zero, so that no difference can be told; so it is without a band."""
    return cell.low is None or cell.high is None or cell.low <= 0 <= cell.high


def anyway_words(context: Context) -> str:
    """What all holders earned, what people like them make likely without the credential, and what that leaves."""
    found = compared(context)
    if found is None:
        return UNKNOWN
    amounts = [say.dollars(cell.value or 0) for cell in (found.holders, found.anyway, found.effect)]
    close = ", which cannot be told from nothing" if includes_nothing(found.effect) else ""
    return (
        f"In {say.year(found.horizon)} the holders who can be compared earned {amounts[0]} on average; had their earnings changed "
        f"as those of people like them who hold no credential did, it would have been {amounts[1]}, which leaves "
        f"{amounts[2]}{say.band(found.effect)} a year{close}."
    )


def groups_words(context: Context, dimension: str, codes: Iterable[str]) -> list[str]:
    """What each group earns beyond people like it who hold no credential, at one year; that nothing says so, if there is none."""
    grid = grid_of(context, EFFECT, dimension)
    wanted = list(codes)
    last = last_year(grid, wanted)
    if last is None:
        return [UNKNOWN]
    cells = {code: cell for code in wanted if (cell := grid.get((code, last)))}
    ages = "ages " if dimension == "age_band" else ""
    names = {code: f"{ages}{context.naming.name(dimension, code)}" for code in wanted}
    listed = [
        f"{names[code]} {say.dollars(cell.value or 0)}{say.band(cell)}" for code, cell in cells.items() if cell.shown
    ]
    hidden = [names[code] for code in wanted if code not in cells or not cells[code].shown]
    missing = f". Not shown or not available: {say.listing(hidden)}" if hidden else ""
    words = f"Beyond what people like them who hold no credential make likely, in {say.year(last)}"
    return [f"{words}: {'; '.join(listed)}{missing}."]
