"""What a reader knows of how figures are made safe: the published rules of each profile, and the way back from print.

Written down from the methods page and not from the code that rounds, so that a mistake there shows. A file that plainly
does not follow its rules (numbers between the steps, more decimals) is read as what it is.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_PLAINLY = 6
"""Decimals of a share beyond which nobody prints."""


@dataclass(frozen=True)
class Rules:
    """The published rules of a profile.

    Attributes:
        profile: Its name.
        steps: (from, step): a count from there on is rounded to the step, half to even; none if counts are exact.
        hidden_below: A count below is hidden; 0 if a hidden count can have any size.
        decimals: Of shares.
        money_from: Amounts and means are shown from here on.
        small: Counts of people below this and above 0 must not be told.
        reach: How high the interval of such a count must reach.
        spread: How long the interval of a change by a few must be.
        employer: How many people of a hidden count an employer may know.
        averaged: Ranks to each side over which a percentile is averaged; 0 if it is the amount of one or two people.
        noise: True if counts hold noise, so that no interval follows from them.
    """

    profile: str
    steps: tuple[tuple[int, int], ...]
    hidden_below: int
    decimals: int = 2
    money_from: int = 30
    small: int = 10
    reach: int = 10
    spread: int = 10
    employer: int = 3
    averaged: int = 5
    noise: bool = False


_CENSUS = ((0, 10), (100, 50), (1_000, 100), (10_000, 500), (100_000, 1_000))
RULES = {
    rules.profile: rules
    for rules in (
        Rules("standard", _CENSUS, 15),
        Rules("one-off", (), 0, decimals=3, money_from=10, employer=0),
        Rules("strict", _CENSUS, 30, money_from=50),
        Rules("opensafely", ((0, 5),), 8, small=8, reach=8, spread=8, employer=0),
        Rules("dp", (), 0, noise=True),
    )
}


def rules_of(profile: str, min_learners: int | None = None, min_money: int | None = None) -> Rules:
    """The rules of a profile, with stricter thresholds of an industry.

    Args:
        profile: Name of the profile.
        min_learners: Fewest learners behind a figure.
        min_money: Fewest learners behind an amount.
    """
    rules = RULES[profile]
    money_from = max(rules.money_from, min_money or 0)
    if min_learners and not rules.steps:
        return replace(rules, small=min_learners, reach=min_learners, spread=min_learners, money_from=money_from)
    return replace(rules, hidden_below=max(rules.hidden_below, min_learners or 0), money_from=money_from)


def unrounded(rules: Rules, printed: Reals) -> Rules:
    """The rules as a file follows them: where numbers stand between the steps, counts of that size are exact."""
    if not rules.steps:
        return rules
    ends = [start for start, _ in rules.steps[1:]] + [np.inf]
    steps: list[tuple[int, int]] = []
    for (start, step), end in zip(rules.steps, ends, strict=True):
        inside = printed[(printed >= start) & (printed < end)]
        steps.append((start, 1 if (inside % step != 0).any() else step))
    return replace(rules, steps=tuple(steps))


def ends(rules: Rules, printed: Reals) -> tuple[Reals, Reals]:
    """The least and the largest count that is printed as each number.

    A number at the border of two steps can come from both sides.
    """
    if not rules.steps:
        return printed.copy(), printed.copy()
    low, high = np.full(len(printed), np.inf), np.full(len(printed), -np.inf)
    tops = [start - 1 for start, _ in rules.steps[1:]] + [np.inf]
    for (start, step), top in zip(rules.steps, tops, strict=True):
        quotient = np.floor_divide(printed, step)
        fits = printed % step == 0
        # Half goes to the even neighbor: an even multiple owns both of its halves, an odd one neither.
        reach = np.where(quotient % 2 == 0, step // 2, (step - 1) // 2)
        least, most = np.maximum(printed - reach, start), np.minimum(printed + reach, top)
        fits &= least <= most
        low, high = np.where(fits, np.minimum(low, least), low), np.where(fits, np.maximum(high, most), high)
    known = np.isfinite(low)
    low, high = np.where(known, low, printed), np.where(known, high, printed)
    return np.where(printed > 0, np.maximum(low, rules.hidden_below), low), high


def decimals(rules: Rules, printed: Reals) -> int:
    """How many decimals shares are printed with: those of the rules, or more where the file plainly has more."""
    for digits in range(rules.decimals, _PLAINLY):
        if np.allclose(printed, np.round(printed, digits), rtol=0, atol=1e-9):
            return digits
    return _PLAINLY
