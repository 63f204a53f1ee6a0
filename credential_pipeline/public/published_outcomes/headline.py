"""The few sentences at the top of the report, from released cells only."""

from credential_pipeline.public.published_outcomes import sentences as say
from credential_pipeline.public.published_outcomes.cells import (
    NOT_AVAILABLE,
    SUPPRESSED,
    categories,
    last_before,
    last_shown,
)
from credential_pipeline.public.published_outcomes.context import Context
from credential_pipeline.public.published_outcomes.figures_coverage import included_words, ledger_cells
from credential_pipeline.public.published_outcomes.figures_earnings import P50, split
from credential_pipeline.public.published_outcomes.figures_work import share_words
from credential_pipeline.public.published_outcomes.labels import in_order

_MOST = 5


def headline(context: Context) -> list[str]:
    """Three to five sentences: earnings, age, the industry, the premium, coverage; hidden cells are named as such."""
    said = [_earnings(context), _age(context), _industry(context), _premium(context), _coverage(context)]
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
    return say.change(say.Change("All holders", before, after), "All holders") if before and after else ""


def _age(context: Context) -> str:
    grid = context.release.grid("earnings_by_age", P50, "age_band")
    names = {code: context.naming.people("age_band", code) for code in in_order(categories(grid))}
    known, _ = split(grid, names)
    if len(known) < 2:  # noqa: PLR2004 - no comparison of one group
        return ""
    most = max(known, key=lambda item: (item.difference, item.name))
    if most.difference <= 0:
        return ""
    return f"The rise was largest for {most.name}: {most.amounts()} {most.years()}."


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
    return f"Those working in {context.industry} earned {text} at the median {link} those working elsewhere, in {say.year(cell.horizon or 0)}."


def _coverage(context: Context) -> str:
    cells = ledger_cells(context)
    reason = next(iter(cells), None)
    cell = cells[reason] if reason else None
    if reason is None or cell is None or not cell.shown:
        return ""
    share = say.percent(cell.value or 0)
    return f"Of all learners that certifiers reported, {included_words(reason, share, context)}; the ledger below says what became of the others."
