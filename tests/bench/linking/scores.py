"""How good links are: precision, recall and F1 of links, of pairs, and of each record's best link.

Belongs here: the definitions, on plain sets and mappings. Not here: where links and truth come from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """What was found, against what is true.

    Attributes:
        found: Links that were made.
        true: Links that should have been made.
        right: Links that were made rightly.
    """

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the links made that are right; 0 if there is none."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the links to be made that were made; 0 if there is none."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 0.0


def pairs_score(
    found: Collection[tuple[str, str]], true: Collection[tuple[str, str]], *, ordered: bool = True
) -> Score:
    """Score pairs of records, each counted once.

    Args:
        found: Pairs that were called one person.
        true: Pairs that are one person.
        ordered: The two of a pair come from two tables; if False, (a, b) is (b, a).
    """
    one, two = ({pair if ordered else (min(pair), max(pair)) for pair in pairs} for pairs in (found, true))
    return Score(len(one), len(two), len(one & two))


def links_score(found: Mapping[str, str | None], true: Mapping[str, str | None]) -> Score:
    """Score each left record's own link.

    A link of somebody who is not on the right is wrong; a record that the linkage never mentions is unlinked.

    Args:
        found: Left record -> right record that it was linked to, None or missing for none.
        true: Left record -> right record of the person, None if the person is not there.
    """
    made = {left: right for left, right in found.items() if right is not None}
    wanted = {left: right for left, right in true.items() if right is not None}
    return Score(len(made), len(wanted), sum(wanted.get(left) == right for left, right in made.items()))


def best_right(scored: Collection[tuple[str, str, float]], threshold: float) -> dict[str, str]:
    """Each left record's best right record at or above a probability; ties go to the smaller id.

    Args:
        scored: (left, right, probability).
        threshold: Least probability of a link.
    """
    best: dict[str, tuple[float, str]] = {}
    for left, right, probability in scored:
        if probability >= threshold and (left not in best or (-probability, right) < best[left]):
            best[left] = (-probability, right)
    return {left: right for left, (_, right) in best.items()}


def one_to_one(scored: Collection[tuple[str, str, float]], threshold: float) -> dict[str, str]:
    """Links in the order of their probability, each record of either side used once; ties go to the smaller ids.

    Args:
        scored: (left, right, probability).
        threshold: Least probability of a link.
    """
    links: dict[str, str] = {}
    taken: set[str] = set()
    for left, right, probability in sorted(scored, key=lambda row: (-row[2], row[0], row[1])):
        if probability >= threshold and left not in links and right not in taken:
            links[left] = right
            taken.add(right)
    return links
