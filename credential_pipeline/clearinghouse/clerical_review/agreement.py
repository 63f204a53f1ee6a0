"""How far reviewers agree: raw agreement and Cohen's kappa (Cohen 1960, doi:10.1177/001316446002000104).

``unsure`` is counted in two ways, because it is neither agreement nor disagreement on the person: once as a third answer
of its own, once leaving out pairs on which either reviewer was unsure. Not here: what happens where they disagree.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from credential_pipeline.clearinghouse.clerical_review.decisions import UNSURE


@dataclass(frozen=True)
class ReviewerAgreement:
    """Agreement of two reviewers.

    Attributes:
        reviewers: Their codes.
        pairs: Pairs that both answered.
        agreed: Share with the same answer, ``unsure`` being one; 0 to 1.
        kappa: Cohen's kappa of the same; None where it is not defined, that is, where chance alone would agree always.
        decided: Pairs on which neither was unsure.
        decided_agreed: Share of those with the same answer; None if there is none.
        decided_kappa: Cohen's kappa of those.
    """

    reviewers: tuple[str, str]
    pairs: int
    agreed: float
    kappa: float | None
    decided: int
    decided_agreed: float | None
    decided_kappa: float | None

    @property
    def sentence(self) -> str:
        """One line for people."""
        one, two = self.reviewers
        kappa = "not defined" if self.kappa is None else f"{self.kappa:.2f}"
        line = f"{one} and {two}: {self.pairs} pairs in common, {self.agreed:.1%} the same answer, kappa {kappa}"
        if self.decided_agreed is None:
            return f"{line}; no pair on which neither was unsure"
        kappa = "not defined" if self.decided_kappa is None else f"{self.decided_kappa:.2f}"
        return f"{line}; neither unsure on {self.decided}, of which {self.decided_agreed:.1%} the same, kappa {kappa}"


def kappa(answers: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two reviewers' answers; None if there is none, or if both gave one and the same answer always."""
    n = len(answers)
    if not n:
        return None
    observed = sum(one == two for one, two in answers)
    first, second = Counter(one for one, _ in answers), Counter(two for _, two in answers)
    # In whole numbers, so that agreement by chance alone is found exactly.
    expected = sum(first[word] * second[word] for word in first)
    if expected == n * n:
        return None
    return (observed * n - expected) / (n * n - expected)


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
