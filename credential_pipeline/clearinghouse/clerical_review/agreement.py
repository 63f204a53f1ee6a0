"""How far reviewers agree: raw agreement and Cohen's kappa (Cohen 1960, doi:10.1177/001316446002000104), with its interval.

``unsure`` is counted in two ways, because it is neither agreement nor disagreement on the person: once as a third answer
of its own, once leaving out pairs on which either reviewer was unsure. The interval is the large-sample one (Fleiss, Cohen and
Everitt 1969, doi:10.1037/h0028106). Where two agree always it would have no width; there agreement takes its exact lower
bound (Clopper and Pearson 1934) and chance stays as it was seen. Not here: what happens where they disagree.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from credential_pipeline.clearinghouse.clerical_review.decisions import UNSURE
from credential_pipeline.clearinghouse.clerical_review.estimate import exact_interval

NORMAL = 1.959964
"""Standard errors on either side of a figure that make up 95 %."""
FEW = 30
"""Pairs below which a large-sample interval cannot be relied on."""
WIDE = 0.4
"""Width of an interval that tells next to nothing: two of the usual bands of agreement."""


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of two reviewers' answers.

    Attributes:
        value: Kappa; None where it is not defined, that is, where chance alone would agree always.
        low: Lower end of its 95 % interval.
        high: Upper end.
        pairs: Pairs behind it.
    """

    value: float | None
    low: float
    high: float
    pairs: int

    @property
    def tells(self) -> bool:
        """Whether there are enough pairs to tell."""
        return self.value is not None and self.pairs >= FEW and self.high - self.low <= WIDE

    @property
    def words(self) -> str:
        """The figure for people."""
        if self.value is None:
            return "kappa not defined"
        few = "" if self.tells else ", too few pairs to tell"
        return f"kappa {self.value:.2f} (95 % interval {self.low:.2f} to {self.high:.2f}{few})"


@dataclass(frozen=True)
class ReviewerAgreement:
    """Agreement of two reviewers.

    Attributes:
        reviewers: Their codes.
        pairs: Pairs that both answered.
        agreed: Share with the same answer, ``unsure`` being one; 0 to 1.
        kappa: Cohen's kappa of the same.
        decided: Pairs on which neither was unsure.
        decided_agreed: Share of those with the same answer; None if there is none.
        decided_kappa: Cohen's kappa of those.
    """

    reviewers: tuple[str, str]
    pairs: int
    agreed: float
    kappa: Kappa
    decided: int
    decided_agreed: float | None
    decided_kappa: Kappa

    @property
    def sentence(self) -> str:
        """One line for people."""
        one, two = self.reviewers
        line = f"{one} and {two}: {self.pairs} pairs in common, {self.agreed:.1%} the same answer, {self.kappa.words}"
        if self.decided_agreed is None:
            return f"{line}; no pair on which neither was unsure"
        same = f"of which {self.decided_agreed:.1%} the same, {self.decided_kappa.words}"
        return f"{line}; neither unsure on {self.decided}, {same}"


def kappa(answers: Sequence[tuple[str, str]]) -> Kappa:
    """Cohen's kappa of two reviewers' answers; not defined if there are none, or if both gave one and the same always."""
    n = len(answers)
    observed = sum(one == two for one, two in answers)
    first, second = Counter(one for one, _ in answers), Counter(two for _, two in answers)
    # In whole numbers, so that agreement by chance alone is found exactly.
    expected = sum(first[word] * second[word] for word in first)
    if expected == n * n:
        return Kappa(None, -1.0, 1.0, n)
    value = (observed * n - expected) / (n * n - expected)
    if observed == n:
        lowest, _ = exact_interval(n, n)
        chance = expected / (n * n)
        return Kappa(value, max((lowest - chance) / (1 - chance), -1.0), 1.0, n)
    reach = NORMAL * _standard_error(answers, first, second)
    return Kappa(value, max(value - reach, -1.0), min(value + reach, 1.0), n)


def _standard_error(answers: Sequence[tuple[str, str]], first: Counter[str], second: Counter[str]) -> float:
    """Equation 13 of Fleiss, Cohen and Everitt for kappa without weights."""
    n = len(answers)
    cells = {cell: count / n for cell, count in sorted(Counter(answers).items())}
    one, two = ({word: count / n for word, count in counts.items()} for counts in (first, second))
    agreed = math.fsum(share for (a, b), share in cells.items() if a == b)
    chance = math.fsum(share * two.get(word, 0.0) for word, share in sorted(one.items()))
    terms = [
        share * ((1 - chance) - (one.get(a, 0.0) + two.get(a, 0.0)) * (1 - agreed)) ** 2
        if a == b
        else share * (1 - agreed) ** 2 * (two.get(a, 0.0) + one.get(b, 0.0)) ** 2
        for (a, b), share in cells.items()
    ]
    spread = math.fsum(terms) - (agreed * chance - 2 * chance + agreed) ** 2
    return math.sqrt(max(spread, 0.0) / n) / (1 - chance) ** 2


def agreements(answers: Mapping[str, Mapping[str, str]]) -> list[ReviewerAgreement]:
    """The agreement of every two reviewers who have pairs in common.

    Args:
        answers: Reviewer -> pair -> answer.
    """
    found = []
    for one, two in combinations(sorted(answers), 2):
        common = sorted(set(answers[one]) & set(answers[two]))
        both = [(answers[one][pair], answers[two][pair]) for pair in common]
        if not both:
            continue
        sure = [pair for pair in both if UNSURE not in pair]
        found.append(
            ReviewerAgreement(
                reviewers=(one, two),
                pairs=len(both),
                agreed=sum(a == b for a, b in both) / len(both),
                kappa=kappa(both),
                decided=len(sure),
                decided_agreed=sum(a == b for a, b in sure) / len(sure) if sure else None,
                decided_kappa=kappa(sure),
            )
        )
    return found
