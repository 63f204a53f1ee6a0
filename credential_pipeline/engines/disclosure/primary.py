"""The primary rules: which counts may not be seen for what they are.

1. Fewer than ``min_learners``, but someone: ``0 < value < min_learners``, or as few distinct learners.
2. Group disclosure: a share of exactly 0 % or 100 % of at least ``min_learners`` learners tells about each of them. The
   empty part of a two-way split, and the empty rest of any other share, is therefore as sensitive as a small one. That
   nobody works in one of many sectors tells of no one, and is not.

Every other 0 describes nobody. It is hidden under the same mark as a small count, since a mark of its own would tell
that what is hidden elsewhere is at least 1; whoever subtracts his way to it has found nobody.
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.engines.disclosure.system import Flags, Ints, System


@dataclass(frozen=True, eq=False)
class Primary:
    """What must be protected, one entry per variable of the system.

    Attributes:
        sensitive: Counts that no reader may narrow down.
        hidden: Counts that are never shown: the sensitive ones and every 0.
        up: How far above the count a reader's interval must reach at least; 0 where nothing is asked.
        down: How far below.
        min_learners: Smallest number of learners that may be shown.
    """

    sensitive: Flags
    hidden: Flags
    up: Ints
    down: Ints
    min_learners: int


def small_counts(system: System, min_learners: int) -> Flags:
    """Return the counts of at least one and fewer than ``min_learners`` learners."""
    value, learners = system.value, system.learners
    return ((value > 0) & (value < min_learners)) | ((value > 0) & (learners > 0) & (learners < min_learners))


def whole_group_zeros(system: System, min_learners: int) -> Flags:
    """Return the empty parts that tell about everyone of a group whose size could be shown."""
    total = np.where(system.total >= 0, system.value[system.total], 0)
    return np.asarray(system.whole & (system.value == 0) & (total >= min_learners), dtype=np.bool_)


def find_primary(system: System, min_learners: int) -> Primary:
    """Apply the rules; a count v asks for an interval that reaches ``min_learners`` and down to ``v - ceil(v / 2)``.

    Args:
        system: All counts of the release.
        min_learners: Smallest number of learners that may be shown.
    """
    sensitive = small_counts(system, min_learners) | whole_group_zeros(system, min_learners)
    value = system.value
    return Primary(
        sensitive=sensitive,
        hidden=sensitive | (value == 0),
        up=np.where(sensitive, np.maximum(min_learners - value, 1), 0),
        down=np.where(sensitive, (value + 1) // 2, 0),
        min_learners=min_learners,
    )
