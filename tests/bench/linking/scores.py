"""How good links are: precision, recall and F1.

Belongs here: the definitions. Not here: where links and truth come from.
"""

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
