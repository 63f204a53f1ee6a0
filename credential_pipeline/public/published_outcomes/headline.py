"""The few sentences at the top of the report, from released cells only."""

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import (
    NOT_AVAILABLE,
    SUPPRESSED,
    categories,
    last_before,
    last_shown,
)
from credential_pipeline.public.published_outcomes.changes import change_words
from credential_pipeline.public.published_outcomes.comparison import (
    EFFECT,
    TABLE,
    UNKNOWN,
    anyway_words,
    compared,
    grid_of,
    groups_words,
    perhaps_nothing_words,
)
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_coverage import included_words, ledger_cells
from credential_pipeline.public.published_outcomes.figures_earnings import P50
from credential_pipeline.public.published_outcomes.figures_work import share_words
from credential_pipeline.public.published_outcomes.labels import in_order

_MOST = 5


def headline(context: Context) -> list[str]:
    """A few sentences: earnings, what would have happened anyway, age, who earns less, the industry, coverage, what is hidden."""
    said = [
        _earnings(context),
        _age(context),
        _less(context),
        _industry(context),
        _premium(context),
        _coverage(context),
    ]
    kept = [sentence for sentence in said if sentence]
    hidden = context.release.count(SUPPRESSED)
    missing = context.release.count(NOT_AVAILABLE)
    if len(kept) < _MOST:
        total = len(context.release.cells)
        kept.append(
            f"Of {say.count(total)} figures in this release {say.count(hidden)} are not shown, to protect people, and {say.count(missing)} are not available."
        )
    return kept


def _earnings(context: Context) -> str:
    grid = context.release.grid("earnings_overall", P50)
    before, after = last_before(grid), last_shown(grid)
    told = [say.change(say.Change("All holders", before, after), "All holders")] if before and after else []
    told += [anyway_words(context), perhaps_nothing_words(context)] if told or compared(context) else []
    return " ".join(filter(None, told))


def _age(context: Context) -> str:
    """The comparison by age, or whose median rose most where that can be told."""
    effects = grid_of(context, EFFECT, "age_band")
    if context.release.holds(TABLE) and categories(effects):
        told = groups_words(context, "age_band", in_order(categories(effects)))[0]
        return told if told != UNKNOWN else ""  # said once, of everybody
    grid = context.release.grid("earnings_by_age", P50, "age_band")
    names = {code: context.naming.people("age_band", code) for code in in_order(categories(grid))}
    told = change_words(grid, names)[0] if len(names) > 1 else ""
    return told if "$" in told else ""


def _less(context: Context) -> str:
    cell = last_shown(context.release.grid("change", "earns_less_share"))
    if cell is None:
        return ""
    share = f"{say.percent(cell.value or 0)} of the holders with wages before and after earned less than they themselves had before"
    return f"In {say.year(cell.horizon or 0)}, {share}{say.band(cell)}."


def _industry(context: Context) -> str:
    grid = context.release.grid("industry_share", "in_industry_share", "certifier")
    last = last_shown(grid)
    return share_words(context, {key: cell for key, cell in grid.items() if cell is last})[0] if last else ""


def _premium(context: Context) -> str:
    cell = last_shown(context.release.grid("premium", "in_industry_premium", "race"))
    if cell is None or cell.value is None:
        return ""
    text = say.more_or_less(cell.value)
    link = "as" if text == "the same" else "than"
    return f"Those working in {context.industry} earned {text}{say.band(cell)} at the median {link} those working elsewhere, in {say.year(cell.horizon or 0)}; they chose where to work."


def _coverage(context: Context) -> str:
    cells = ledger_cells(context)
    reason = next(iter(cells), None)
    cell = cells[reason] if reason else None
    if reason is None or cell is None or not cell.shown:
        return ""
    share = say.percent(cell.value or 0)
    return f"Of all learners that certifiers reported, {included_words(reason, share, context)}; the ledger below says what became of the others."
