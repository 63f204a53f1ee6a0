"""Subtract: between releases, between industries over the same people, and between the years of one cohort.

A difference of a few people is a small group of its own. It is told too precisely if its interval lies between 1 and
``reach`` - 1, or is shorter than ``spread`` although it is known that a few have changed.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_release.attack.cells import KEY
from credential_pipeline.enclave.outcome_release.attack.judge import Finding, Solved, strip_names
from credential_pipeline.enclave.outcome_release.attack.rules import Reals, Rules

OF_INDUSTRY = frozenset({"in_industry", "out_of_industry"})
"""Quantities that mean other people in another industry."""
_GROUPS = frozenset({"cohort", "coverage", "stacking", "tried"})
_FOLLOWED = frozenset({"cohort", "award_held", "entered"})
"""Quantities of the same people year by year, less those who are lost in between."""


def pinned(low: Reals, high: Reals, true: Reals, rules: Rules, *, groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which differences are told too precisely.

    Args:
        low: Least possible difference.
        high: Largest.
        true: The true one, not a number where it is not known.
        rules: What must hold.
        groups: Which are of whole groups of people, whose interval must not be short either.
    """
    up, down = (low > 0) & (high < rules.reach), (high < 0) & (low > -rules.reach)
    few = (np.abs(true) > 0) & (np.abs(true) < rules.reach)
    proved = (up | down) & (few | np.isnan(true))
    short = few & groups & (high - low < rules.spread)
    return np.asarray(proved | short)


def shared(now: Solved, then: Solved, *, industries: bool = False) -> pd.DataFrame:
    """Counts that stand in both: here, there (rows), quantity.

    Args:
        now: The attacked file.
        then: Another file.
        industries: They are of two industries.
    """
    key = [name for name in KEY if not (industries and name == "industry")]
    left, right = (solved.book.counts.reset_index()[[*KEY, "count"]] for solved in (now, then))
    if industries:
        left = left[~left["quantity"].isin(OF_INDUSTRY)]
    both = left.merge(right[[*key, "count"]], on=key, suffixes=("", "_then"))
    return both.rename(columns={"count": "here", "count_then": "there"})[["here", "there", "quantity"]]


def changes(now: Solved, then: Solved, rules: Rules, against: str, both: pd.DataFrame) -> list[Finding]:
    """Return the differences between two files that are told too precisely.

    Args:
        now: The attacked file.
        then: Another file.
        rules: What must hold.
        against: How the other file is called.
        both: Of :func:`shared`.
    """
    here, there = both["here"].to_numpy(int), both["there"].to_numpy(int)
    low, high = now.low[here] - then.high[there], now.high[here] - then.low[there]
    true = now.truth[here] - then.truth[there]
    flags = pinned(low, high, true, rules, groups=both["quantity"].isin(_GROUPS).to_numpy(bool))
    names = now.book.first_names
    return [
        Finding("difference", *names[int(here[spot])], float(low[spot]), float(high[spot]), against)
        for spot in np.flatnonzero(flags)
        if int(here[spot]) in names
    ]


def over_years(solved: Solved, rules: Rules) -> list[tuple[Finding, tuple[int, int]]]:
    """Subtract one year of a cohort from the next: who is missing has died, lost the award, or was awarded in a year without wages.

    Returns:
        Findings, each with the rows of its two counts.
    """
    counts = solved.book.counts
    cohort = counts[counts["quantity"].isin(_FOLLOWED) & counts["horizon"].notna()]
    cohort = cohort.assign(place=cohort.index, next=cohort["horizon"] + 1)
    who = [name for name in KEY if name != "horizon"]
    pairs = cohort.merge(cohort, left_on=[*who, "next"], right_on=[*who, "horizon"], suffixes=("", "_next"))
    classes = solved.book.classes
    here, there = pairs["place"].to_numpy(int), pairs["place_next"].to_numpy(int)
    apart = classes[here] != classes[there]
    here, there = here[apart], there[apart]
    low, high = solved.low[here] - solved.high[there], solved.high[here] - solved.low[there]
    true = solved.truth[here] - solved.truth[there]
    flags = pinned(low, high, true, rules, groups=np.zeros(len(here), bool))
    names = solved.book.first_names
    return [
        (
            Finding("difference", *names[int(here[spot])], float(low[spot]), float(high[spot]), "a year later"),
            (int(here[spot]), int(there[spot])),
        )
        for spot in np.flatnonzero(flags)
        if int(here[spot]) in names
    ]


def strips(solved: Solved, rules: Rules, against: str) -> list[Finding]:
    """Return strips between the ends of bands of two files, which hold a few people and are told too precisely."""
    names = strip_names(solved.book)
    places = np.array(sorted(names), int)
    low, high = solved.low[places], solved.high[places]
    flags = (low > 0) & (high < rules.reach)
    return [
        Finding("difference", *names[int(place)], float(low[spot]), float(high[spot]), against)
        for spot, place in enumerate(places)
        if flags[spot]
    ]
