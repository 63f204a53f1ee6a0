"""The parts of shares that are tabulated: sectors and settings, and whether certifier by certifier.

A part that is too small in any share in which it would be shown is pooled. Where that costs more than the breakdown by
certifier gives, the shares are given for everybody only. Not here: groups of people (groups.py).
"""

from collections.abc import Iterable

from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.ladder import ALL, Rule, Rungs, pool
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.sizes import part_sizes
from credential_pipeline.enclave.outcome_tables.thresholds import NEWCOMER
from credential_pipeline.foundation.storage.relation import Relation, Scratch

BY_CERTIFIER = "by_certifier"


def pool_parts(
    work: Scratch,
    source: Relation,
    plan: Plan,
    ladder: Ladder,
    earlier: Earlier,
    *,
    category: str,
    dimension: str,
    within: str = "",
    horizons: Iterable[int] | None = None,
) -> Relation:
    """The source with the label of its part instead of its category; the ladder learns what was decided.

    Args:
        work: Where the rows live.
        source: certifier (already a label), pid, lead, horizon and the category.
        plan: The settings.
        ladder: What is decided so far.
        earlier: The categories of the last release.
        category: Column of the source.
        dimension: ``sector`` or ``setting``.
        within: The definition of a setting.
        horizons: Horizons at which the shares are given; None for shares without a time.
    """
    if plan.thresholds is None:
        return source
    rule = Rule(plan.thresholds.counts, earlier.of(dimension, within))
    known = earlier.of(BY_CERTIFIER, within or dimension)
    options: list[tuple[float, bool, Rungs]] = []
    for by_certifier in (True, False):
        sizes = part_sizes(work, source, plan, category, horizons, by_certifier=by_certifier)
        rungs = pool(sizes, rule)
        times = 1 + (len(shown_certifiers(ladder)) if by_certifier else 0)
        habit = NEWCOMER if known is not None and bool(known) == by_certifier else 1
        options.append((len(rungs.shown) * times * habit, by_certifier, rungs))
    cells, by_certifier, rungs = max(options, key=lambda option: (option[0], option[1]))
    ladder.rungs[dimension, within] = rungs
    ladder.rungs[BY_CERTIFIER, within or dimension] = Rungs({} if by_certifier and cells else {BY_CERTIFIER: ALL})
    pairs = [(name, None if label == ALL else label) for name, label in rungs.labels.items()]
    labels = work.rows("labels", {"category": "VARCHAR", "label": "VARCHAR"}, pairs)
    return work.table(
        "parts",
        f"SELECT s.* REPLACE (l.label AS {category}) FROM {source} AS s LEFT JOIN {labels} AS l ON l.category = s.{category}",
    )


def shown_certifiers(ladder: Ladder) -> list[str]:
    """Certifiers with cells of their own."""
    return ladder.rungs["certifier", ""].shown


def gives_certifiers(ladder: Ladder, what: str) -> bool:
    """Whether shares of a kind are given certifier by certifier."""
    return not ladder.rungs.get((BY_CERTIFIER, what), Rungs({})).labels
