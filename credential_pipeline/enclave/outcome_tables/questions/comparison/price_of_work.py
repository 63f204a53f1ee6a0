"""What work pays by sector and by state, for people without a credential.

Two people of equal earnings in two years, one in a sector that pays well and one in a sector that pays badly, are not alike: the
first did worse than the colleagues, the second better, and both will come nearer to what they usually earn. Not here: what the
correction makes of it (correction.py).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import Match
from credential_pipeline.foundation.storage.relation import Scratch

#: Cents of the base year; who earns less in a year worked too little of it to tell what the work pays.
_LEAST = 200_000


@dataclass(frozen=True)
class PriceOfWork:
    """Means of log real earnings, less those of everybody, in log points.

    Attributes:
        of_sectors: By number of the sector, 0 for number 0 [sectors + 1].
        of_states: Of each person's state, beyond what its sectors explain [persons].
    """

    of_sectors: NDArray[np.float32]
    of_states: NDArray[np.float32]


def price_of_work(work: Scratch, found: Match) -> PriceOfWork:
    """Learn it from every year of every person who holds no credential.

    Args:
        work: Where the rows live.
        found: Of :func:`~.matching.match`.
    """
    people = work.con.execute(
        f"SELECT dense_rank() OVER (ORDER BY state) - 1 AS state, uid IS NULL AS other FROM {found.persons} ORDER BY person"
    ).fetchnumpy()
    state, other = np.asarray(people["state"], np.int64), np.asarray(people["other"], np.bool_)
    years = found.careers.last_year - found.careers.first_year + 1
    told = np.flatnonzero(np.repeat(other, years) & (found.careers.earnings >= _LEAST))
    log = np.log(found.careers.earnings[told].astype(np.float64))
    log -= log.mean() if len(log) else 0.0
    sector = found.careers.sectors[told].astype(np.int64)
    of_sectors = _means(sector, log, int(found.careers.sectors.max(initial=0)) + 1)
    of_sectors[0] = 0.0
    states = _means(state[told // years], log - of_sectors[sector], int(state.max(initial=-1)) + 1)
    return PriceOfWork(of_sectors.astype(np.float32), states[state].astype(np.float32))


def _means(code: NDArray[np.int64], values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Mean of the values of each code; 0 where there are none."""
    return np.asarray(np.bincount(code, values, size) / np.maximum(np.bincount(code, minlength=size), 1))
