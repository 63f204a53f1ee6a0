"""The parts of shares that are tabulated: sectors and settings, and whether certifier by certifier.

A part that is too small in any share in which it would be shown is pooled. Where that costs more than the breakdown by
certifier gives, the shares are given for everybody only. Not here: groups of people (groups.py).
"""

from collections.abc import Mapping

from credential_pipeline.enclave.outcome_tables.earlier import Earlier
from credential_pipeline.enclave.outcome_tables.groups import Ladder
from credential_pipeline.enclave.outcome_tables.ladder import ALL, Rule, Rungs, pool
from credential_pipeline.enclave.outcome_tables.plan import Plan
from credential_pipeline.enclave.outcome_tables.sizes import PartSizes
from credential_pipeline.enclave.outcome_tables.thresholds import NEWCOMER

BY_CERTIFIER = "by_certifier"
#: By certifier or not, to the certifiers with shares of their own and their labels.
Scopes = dict[bool, dict[str, str]]


def walk_parts(
    sizes: PartSizes, scopes: Scopes, plan: Plan, ladder: Ladder, earlier: Earlier, dimension: str, within: str = ""
) -> None:
    """Decide which parts are pooled, and whether they are given certifier by certifier; the ladder learns it.

    Args:
        sizes: How large the parts are.
        scopes: Of :func:`scopes_of`.
        plan: The settings.
        ladder: What is decided so far.
        earlier: The categories of the last release.
        dimension: ``sector`` or ``setting``.
        within: The definition of a setting.
    """
    if plan.thresholds is None:
        return
    rule = Rule(plan.thresholds.counts, earlier.of(dimension, within))
    ways = {by_certifier: pool(sizes.within(shown), rule) for by_certifier, shown in scopes.items()}
    worth = {by_certifier: len(rungs.shown) for by_certifier, rungs in ways.items()}
    ladder.rungs[dimension, within] = ways[choose_scope(worth, ladder, earlier, within or dimension)]


def choose_scope(worth: Mapping[bool, int], ladder: Ladder, earlier: Earlier, what: str) -> bool:
    """Whether shares are given by certifier: whichever gives more figures, or nearly so if it is what readers know.

    Args:
        worth: By certifier or not, to the number of parts.
        ladder: What is decided so far; it learns the answer.
        earlier: The categories of the last release.
        what: ``sector``, ``stack`` or the definition of a setting.
    """
    known = earlier.of(BY_CERTIFIER, what)
    figures = {
        by_certifier: parts
        * ((1 + len(ladder.rungs["certifier", ""].shown)) if by_certifier else 1)
        * (NEWCOMER if known is not None and bool(known) == by_certifier else 1)
        for by_certifier, parts in worth.items()
    }
    chosen = figures[True] >= figures[False]
    ladder.rungs[BY_CERTIFIER, what] = Rungs({} if chosen else {BY_CERTIFIER: ALL})
    return chosen


def scopes_of(ladder: Ladder, *, labelled: bool) -> Scopes:
    """By certifier or not, to the certifiers for which shares would be shown, with their labels.

    Args:
        ladder: What is decided so far.
        labelled: Whether the certifiers of the measured rows are labels already.
    """
    certifiers = ladder.rungs["certifier", ""]
    shown = {own: label for own, label in certifiers.labels.items() if label in certifiers.shown}
    return {True: {label: label for label in shown.values()} if labelled else shown, False: {}}


def gives_certifiers(ladder: Ladder, what: str) -> bool:
    """Whether shares of a kind are given certifier by certifier."""
    return not ladder.rungs.get((BY_CERTIFIER, what), Rungs({})).labels
