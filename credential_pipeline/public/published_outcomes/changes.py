"""Whose median earnings changed most and least between the same two years, in words.

A change of a median is no median of changes, and no effect. Not here: what would have happened anyway (comparison.py).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import Grid, base_year
from credential_pipeline.public.published_outcomes.labels import REST
from credential_pipeline.public.published_outcomes.ranking import Standing, rank


def change_words(grid: Grid, names: Mapping[str, str]) -> list[str]:
    """Whose median earnings changed most and least between the same two years, or why that cannot be said.

    Args:
        grid: Medians by category and horizon.
        names: Category to its name in running text.
    """
    told = {code: name for code, name in names.items() if code not in REST}
    before, after = _year(grid, told, before=True), _year(grid, told, before=False)
    items: list[say.Change] = []
    for code, name in told.items():
        first, last = grid.get((code, before)), grid.get((code, after))
        if first is not None and last is not None and first.shown and last.shown:
            items.append(say.Change(name, first, last))
    told_years = {year for (_, year), cell in grid.items() if cell.shown}
    hidden = [
        name
        for code, name in names.items()
        if any(key == code and year in told_years and not cell.shown for (key, year), cell in grid.items())
    ]
    said = [say.not_shown(hidden)] if hidden else []
    if not items:
        return ["Earnings before and after cannot be compared: the cells are not shown or not available.", *said]
    if len(told) == 1:
        return [say.change(items[0], items[0].name), *said]
    ranking = rank([_standing(item) for item in items], complete=len(items) == len(told))
    if ranking.why:
        return [f"Groups by the change of their medians {items[0].years()}: {ranking.why}.", *said]
    by_name = {item.name: item for item in items}
    words = []
    for rose, fell, ends in (("rose most", "fell least", ranking.highest), ("rose least", "fell most", ranking.lowest)):
        named = say.listing([f"{end.name} ({by_name[end.name].amounts()})" for end in ends])
        apart = ", not clearly apart from each other" if len(ends) > 1 else ""
        words += [f"{rose if ends[0].value > 0 else fell} for {named}{apart}"] if ends else []
    return [f"{say.opening(items[0].years())} median earnings {say.listing(words)}.", *said]


def _year(grid: Grid, codes: Iterable[str], *, before: bool) -> int | None:
    """The base year before the award, or the last one after it, of those at which the most groups are shown."""
    wanted = set(codes)
    shown = Counter(year for (code, year), cell in grid.items() if code in wanted and cell.shown and year is not None)
    years = [year for year in shown if (year < 0 if before else year > 0)]
    most = [year for year in years if shown[year] == max(shown[other] for other in years)]
    return base_year(most) if before else max(most, default=None)


def _standing(item: say.Change) -> Standing:
    """A group's change, within the widest band that those of its two medians allow."""
    first, last = item.before, item.after
    known = None not in {first.low, first.high, last.low, last.high}
    low, high = ((last.low or 0) - (first.high or 0), (last.high or 0) - (first.low or 0)) if known else (None, None)
    learners = [cell.n for cell in (first, last) if cell.n is not None]
    return Standing(item.name, item.difference, low, high, min(learners) if len(learners) > 1 else None)
