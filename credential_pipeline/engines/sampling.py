"""What chance alone leaves open of a share of independent people.

Not here: people who are counted several times, and links that may be wrong (outcome_tables.uncertainty).
"""

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
#: Half the width of a band of 95 %, in standard errors.
REACH = 1.959964


def wilson(share: Reals, size: Reals) -> tuple[Reals, Reals]:
    """Both ends of Wilson's interval of shares of samples of these sizes; missing where there is nobody (JASA 1927)."""
    square = REACH**2
    n = np.where(size > 0, size, np.nan)
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = REACH / (1 + square / n) * np.sqrt(share * (1 - share) / n + square / (4 * n**2))
    return np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
