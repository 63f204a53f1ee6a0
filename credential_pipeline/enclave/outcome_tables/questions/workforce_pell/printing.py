"""Numbers as a release would print them. Not here: which of them it would hide (evidence.py)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from credential_pipeline.engines.disclosure.rounding import ROUNDINGS, money_unit, percents, to_unit
from credential_pipeline.foundation.registry.profiles import Profile

_WHOLE_PERCENTS: Final = 2


@dataclass(frozen=True)
class Printing:
    """Numbers as a profile prints them."""

    profile: Profile

    def learners(self, number: int) -> int:
        """A number of learners."""
        return int(ROUNDINGS[self.profile.counts].apply(np.array([number]))[0])

    def share(self, part: int, whole: int) -> float:
        """A part of a whole above zero."""
        if self.profile.decimals == _WHOLE_PERCENTS:
            return int(percents(np.array([part]), np.array([whole]))[0]) / 100
        return round(part / whole, self.profile.decimals)

    def dollars(self, amount: float) -> float:
        """An amount."""
        value = np.array([round(amount, 6)])
        return float(to_unit(value, money_unit(value, self.profile.round_earnings_to))[0])
