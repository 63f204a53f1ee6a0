"""Compared with whom: holders beside people like them who hold no credential, by year and by group, and how alike they are."""

from collections.abc import Sequence
from typing import Final

from credential_pipeline.engines.charts.bars import Bar, dumbbells, intervals, shapes
from credential_pipeline.engines.charts.figure import Figure, Picture
from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.asked import figure_of
from credential_pipeline.public.published_outcomes.cells import ALL, DIP, Cell, Grid, horizons, last_shown
from credential_pipeline.public.published_outcomes.comparison import (
    ANYWAY,
    EFFECT,
    HOLDERS,
    TABLE,
    anyway_words,
    drift_words,
    grid_of,
    includes_nothing,
    ranges_of,
)
from credential_pipeline.public.published_outcomes.context import Context, nothing
from credential_pipeline.public.published_outcomes.figures_earnings import HATCHED, points_of, years_picture
from credential_pipeline.public.published_outcomes.groups import (
    Split,
    group_picture,
    group_table,
    group_words,
    left_out_words,
)
from credential_pipeline.public.published_outcomes.question import Question, Series, Shape
from credential_pipeline.public.published_outcomes.tables import measures_table, year_column, years_table

_TEST: Final = DIP
_BASE: Final = (-3, -2)
#: How many years before the award the tests lie that nobody is matched on.
_TESTS: Final = (5, 4)
#: Of what holders earned, what the difference may move by within the base before that is told; the gate's rules allow it, too.
_PARTED: Final = 0.02
#: The errors of the comparison are worked out otherwise than those of the other figures: its definition says how.
BAND: Final = ("band", "band of 95%; what it holds stands in the definition")
FAINT: Final = ("faint", "range if holders and others had drifted apart after the award as they did before it")
_LIMITS: Final = (
    "People like them are of the same age, sex, race, ethnicity, place, line of work and earlier earnings, as far as there are "
    "such people. They may differ in what no record shows, such as plans, health or schooling."
)
_NAMES: Final = {HOLDERS: "Holders", ANYWAY: "Anyway"}
_BALANCED: Final = 0.1


def comparison_figures(context: Context) -> list[Figure]:
    """All figures on the comparison; none if the release has no such table."""
    if not context.release.holds(TABLE):
        return []
    support = figure_of(context, _SUPPORT)
    made = [paths(context), by_group(context), *([support] if support else []), balance(context)]
    return [figure for figure in made if figure is not None]


def paths(context: Context) -> Figure:
    """What holders earned, what would have happened anyway, and the difference by year, with its test before the award."""
    title, key = "What holders earned, and what would have happened anyway", "comparison"
    grids = {measure: grid_of(context, measure) for measure in _NAMES}
    effect = grid_of(context, EFFECT)
    if not effect:
        return nothing(key, title, "what would have happened anyway")
    points = [point for measure, name in _NAMES.items() for point in points_of(grids[measure], ALL, name)]
    pictures = []
    if points:
        words = (
            "Two lines of mean annual earnings by year around the award: holders, and what would have happened anyway."
        )
        pictures.append(years_picture(key, title, words, points, "usd", panels=False))
    years = [year for year in horizons([effect]) if year >= _TEST]
    tests = _tests(context)
    rows = [_bar(cell, _year_name(-before)) for before, cell in tests.items()]
    ranges = ranges_of(context)
    rows += [_bar(effect.get((ALL, year)), _year_name(year), ranges.get((ALL, year))) for year in years]
    described = "The difference of the two lines, a dot with its band for each year; years before the award that nobody is matched on are tests."
    described += " Fainter, the range if the two had drifted on." if ranges else ""
    drawn = shapes(intervals, rows, "usd")
    pictures.append(Picture(f"{key}-effect", f"{title}: the difference", described, *drawn, heading="The difference"))
    variants = {
        "Difference, zeros kept": context.release.grid(TABLE, EFFECT, definition="comparison_effect_with_zeros"),
        "Difference, as matched": context.release.grid(TABLE, EFFECT, definition="comparison_effect_as_matched"),
    }
    named = [(name, grids[measure], ALL) for measure, name in _NAMES.items()] + [("Difference", effect, ALL)]
    variants["Difference, if the two had drifted on"] = ranges
    named += [(name, grid, ALL) for name, grid in variants.items() if grid]
    caption = f"Mean earnings of the holders who are compared, and the difference. {context.money}"
    tables = [years_table(caption, named, horizons([effect]), context.counted("Learners"))]
    if tests:
        lines = [(f"Difference, {_year_name(-before)}", _alone(cell), ALL) for before, cell in tests.items()]
        caption = f"The difference in years before the award that nobody is matched on. {context.money}"
        tables.append(measures_table(caption, lines, context.counted("Learners")))
    said = [anyway_words(context), *_test_words(effect.get((ALL, _TEST))), *_early_words(effect, grids[HOLDERS])]
    said += [*_path_words([*tests.values()]), *drift_words(context)]
    note = f"{_LIMITS} {context.money}"
    legend = _legend([*effect.values(), *tests.values()]) + ([FAINT] if any(row.reach for row in rows) else [])
    return Figure(key, title, said, pictures, tables, note, legend)


def _year_name(year: int) -> str:
    return f"Year {year_column(year)}{' (test)' if year == _TEST or -year in _TESTS else ''}"


def _tests(context: Context) -> dict[int, Cell]:
    """The difference in the years before the base, by how long before the award."""
    found = {
        years: context.release.grid(TABLE, EFFECT, definition=f"{EFFECT}_{years}_before").get((ALL, None))
        for years in _TESTS
    }
    return {years: cell for years, cell in found.items() if cell is not None}


def _path_words(cells: Sequence[Cell]) -> list[str]:
    """What the years before the base tell, which are not matched either."""
    if len(cells) < len(_TESTS) or not all(cell.shown for cell in cells):
        return ["The tests five and four years before the award are not shown or not available."] if cells else []
    named = say.listing([f"{say.dollars(cell.value or 0)}{say.band(cell)}" for cell in cells])
    found = f"Five and four years before the award, which are not matched either, it is {named}"
    if all(includes_nothing(cell) for cell in cells):
        return [f"{found}: it cannot be told from nothing, as it should be."]
    return [
        f"{found}: the holders had been on another path, and what of it goes on, or comes back, counts in the difference after the award."
    ]


def _test_words(cell: Cell | None) -> list[str]:
    """What the year before the award tells, which is not matched."""
    if cell is None or not cell.shown:
        return ["The test in the year before the award is not shown or not available."]
    found = f"In the year before the award, which is not matched and serves as a test, the difference is {say.dollars(cell.value or 0)}{say.band(cell)}"
    if includes_nothing(cell):
        return [f"{found}: it cannot be told from nothing, as it should be."]
    return [f"{found}: the two had parted before the award, so that the difference after it is to be read with care."]


def _early_words(effect: Grid, holders: Grid) -> list[str]:
    """That the two parted within the years that serve as the base, where they did: then the base is not what holders usually earned."""
    early, late = (effect.get((ALL, year)) for year in _BASE)
    earned = holders.get((ALL, _BASE[1]))
    if early is None or late is None or earned is None or not (early.shown and late.shown and earned.shown):
        return []
    moved = (late.value or 0) - (early.value or 0)
    if includes_nothing(early) or includes_nothing(late) or abs(moved) < _PARTED * abs(earned.value or 0):
        return []
    way, much = ("fell behind", "large") if moved < 0 else ("went ahead", "small")
    return [
        (
            f"Between three and two years before the award, which together are the base, the holders {way} by {say.dollars(abs(moved))}: if "
            f"that passed again, the difference after the award is too {much}."
        )
    ]


def by_group(context: Context) -> Figure | None:
    """The difference for every group at the last published year."""
    title, key = "For whom the difference is larger", "comparison-groups"
    last = last_shown(grid_of(context, EFFECT))
    if last is None:
        return None
    split = Split(TABLE, EFFECT, EFFECT, last.horizon)
    picture = group_picture(context, split, key, title)
    if picture is None:
        return None
    called = "it is,"
    whole = f"For all holders the difference{split.when} is {say.dollars(last.value or 0)}{say.band(last)}."
    said = [whole, *group_words(context, split, called)]
    table = group_table(context, split, f"Earnings beyond those of people like them. {context.money.removesuffix('.')}")
    cells = context.release.rows(TABLE, EFFECT)
    notes = [_LIMITS, left_out_words(context, split), context.money]
    return Figure(key, title, said, [picture], [table], " ".join(filter(None, notes)), _legend(cells))


_SUPPORT: Final = Question(
    key="comparison-support",
    title="How many holders can be compared",
    about="how many holders can be compared",
    table=TABLE,
    series=(
        Series(
            "common_support_share",
            "With enough people like them",
            "{value} of the holders can be compared{band}; the difference says nothing of the others.",
            "common_support_share",
        ),
        Series("common_support_share", "Without any wages", definition="without_wages"),
        Series("common_support_share", "With too few people like them", definition="without_others"),
    ),
    shape=Shape.ROWS,
    groups=0,
    note="Of the holders whose years of earlier earnings the wage files cover.",
)


def balance(context: Context) -> Figure | None:
    """How far holders and the others are apart before the match and after it."""
    title, key = "How alike the compared are", "comparison-balance"
    cells = {cell.definition: cell for cell in context.release.rows(TABLE, "balance_difference")}
    after = {name.removesuffix("_after"): cell for name, cell in cells.items() if name.endswith("_after")}
    if not after:
        return None
    rows, named = [], []
    for name, cell in after.items():
        before = cells.get(f"{name}_before")
        words = say.opening(
            context.naming.name("definition", cell.definition).partition(": ")[2]
            or name.removeprefix("balance_").replace("_", " ")
        )
        start = before.value if before is not None and before.shown else None
        text = say.state(cell, say.figure(cell.value or 0, "mean"))
        rows.append(Bar(words, cell.value if cell.shown else None, text, start=start))
        grids: tuple[tuple[str, Cell | None], ...] = (("before", before), ("after", cell))
        named += [(f"{words}, {when} the match", _alone(one), ALL) for when, one in grids if one is not None]
    described = "For each trait a hollow dot for the difference before the match and a dot for that after it, in standard deviations."
    picture = Picture(key, title, described, *shapes(dumbbells, rows, "mean"))
    table = measures_table(
        "Differences of holders and others, in standard deviations.", named, context.counted("Learners")
    )
    entries = [("dot", "after the match"), ("hollow", "before it")]
    entries += [HATCHED] if any(row.value is None for row in rows) else []
    return Figure(key, title, _balance_words(rows), [picture], [table], "", entries)


def _alone(cell: Cell) -> Grid:
    return {(ALL, None): cell}


def _balance_words(rows: list[Bar]) -> list[str]:
    shown = [row for row in rows if row.value is not None]
    if not shown:
        return ["How alike the compared are is not shown or not available."]
    apart = sum(abs(row.value or 0) >= _BALANCED for row in shown)
    far = f"{apart} of {len(shown)} traits are" if apart else "no trait is"
    said = f"After the match {far} a tenth of a standard deviation or more apart, which is usually taken for the limit."
    return [said] if len(shown) == len(rows) else [said, "Some traits are not shown or not available."]


def _bar(cell: Cell | None, name: str, wider: Cell | None = None) -> Bar:
    text = say.state(cell, say.dollars((cell.value if cell is not None and cell.shown else 0) or 0))
    if cell is None or not cell.shown:
        return Bar(name, None, text)
    ends = (wider.low, wider.high) if wider is not None and wider.shown else (None, None)
    reach = None if ends[0] is None or ends[1] is None else (ends[0], ends[1])
    return Bar(name, cell.value, text, low=cell.low, high=cell.high, reach=reach)


def _legend(cells: list[Cell]) -> list[tuple[str, str]]:
    entries = [BAND] if any(cell.low is not None for cell in cells) else []
    return [*entries, HATCHED] if any(not cell.shown for cell in cells) else entries
