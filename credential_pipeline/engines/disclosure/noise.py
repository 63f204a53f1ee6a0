"""Differential privacy for counts: discrete Laplace noise, by OpenDP, which is loaded only where it is needed.

Every part of a partition of people gets noise of its own; one person is in one part, so that the whole partition costs
one budget. OpenDP draws from the operating system and cannot be seeded: whoever needs the same noise again must keep
it.

Not here: how budgets are kept, and what is made of the noisy counts.
"""

from typing import Any

import numpy as np

from credential_pipeline.engines.disclosure.rounding import Ints
from credential_pipeline.foundation.errors import SafeError


def add_noise(counts: Ints, epsilon: float) -> Ints:
    """Counts of a partition, or of several that share no person, with noise that spends ``epsilon``.

    Raises:
        SafeError: ``E_NO_OPENDP``: the library is not installed.
    """
    measurement = _mechanism(epsilon)
    return np.array(measurement([int(count) for count in counts]), np.int64)


def scale_of(epsilon: float) -> float:
    """Scale of the noise; its standard deviation is about the square root of two times that."""
    return 1 / epsilon


def _mechanism(epsilon: float) -> Any:
    opendp = _opendp()
    space = opendp.vector_domain(opendp.atom_domain(T=int)), opendp.l1_distance(T=int)
    return space >> opendp.m.then_laplace(scale=scale_of(epsilon))


def _opendp() -> Any:
    try:
        import opendp.prelude
    except ImportError:
        message = (
            "The profile dp adds its noise with OpenDP, which is not installed: install 'opendp>=0.16,<0.17' (the extra dp of"
            " this package), or choose another profile."
        )
        raise SafeError("E_NO_OPENDP", message) from None
    opendp.prelude.enable_features("contrib")
    return opendp.prelude
