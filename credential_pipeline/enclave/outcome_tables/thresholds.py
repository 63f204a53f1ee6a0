"""How many learners a category must have before it is tabulated on its own, by the industry's disclosure profile.

Categories are coarsened to these sizes before anything is hidden. Not here: what is hidden (outcome_release).
"""

from dataclasses import dataclass

from credential_pipeline.foundation.registry.profiles import Profile


@dataclass(frozen=True)
class Thresholds:
    """The sizes of one profile.

    Attributes:
        money: Learners with wages that a group of people needs at every horizon, so that its percentiles may be shown.
        counts: Learners that a part of a share needs: a sector, a setting, a line of the ledger.
    """

    money: int
    counts: int


#: A category that the last release did not have must be that much larger, so that releases keep their categories.
NEWCOMER = 1.5
#: A rest of at most one part in so many of its parent gets no cell of its own: the parent's shares are told in whole
#: percent, which leaves open what became of so few.
TINY = 100
#: The same where pooling it would leave fewer than two categories with a name: the dimension would be lost for a few.
FEW = 20


def thresholds_of(rules: Profile) -> Thresholds | None:
    """The sizes from which on a profile shows figures; None where categories stay as they are (``one-off``)."""
    return None if rules.complementary else Thresholds(rules.min_money, rules.min_learners)
