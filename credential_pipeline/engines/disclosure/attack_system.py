"""Attack a protected system with more than any reader has: all unhidden counts, all equations, all empty groups.

Nothing of the protector is used but its answer. Not here: what a reader can take from a published file, and which findings
stop a release.
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.engines.disclosure.attack_bounds import Puzzle, Reals, bound
from credential_pipeline.engines.disclosure.primary import Primary
from credential_pipeline.engines.disclosure.system import Flags, Ints, System

SLACK = 1e-4
"""What is told apart from an end of an interval by less is noise of the solver."""


@dataclass(frozen=True)
class Exposed:
    """A sensitive count that can be narrowed down too far.

    Attributes:
        count: Its name.
        low: Least possible count.
        high: Largest possible count, as far as it was followed.
    """

    count: str
    low: float
    high: float


def too_short(system: System, primary: Primary, places: Ints, low: Reals, high: Reals) -> Flags:
    """Return which sensitive counts v have an interval that does not reach ``min_learners`` and v - down.

    Args:
        system: All counts.
        primary: What must be protected.
        places: The counts that are looked at.
        low: Lower end of the interval of each of them.
        high: Upper end.
    """
    value = system.value[places]
    reaches = (low <= value - primary.down[places] + SLACK) & (high >= primary.min_learners - SLACK)
    return np.asarray(primary.sensitive[places] & ~reaches)


def attack_system(system: System, primary: Primary, hidden: Flags) -> list[Exposed]:
    """Return the sensitive counts that are not hidden well, in the order of the system.

    Args:
        system: All counts.
        primary: What must be protected.
        hidden: Which counts are not shown.

    Raises:
        ContradictionError: What is known does not add up.
    """
    value = system.value.astype(float)
    known = ~hidden | system.structural
    puzzle = Puzzle(
        system.rows, np.asarray(system.rows @ value), np.where(known, value, 0.0), np.where(known, value, np.inf)
    )
    least = value - primary.down.astype(float)
    low, high = bound(puzzle, primary.sensitive, primary.min_learners, least)
    places = np.flatnonzero(primary.sensitive)
    short = places[too_short(system, primary, places, low[places], high[places])]
    return [Exposed(system.ids[spot], float(low[spot]), float(high[spot])) for spot in short]
