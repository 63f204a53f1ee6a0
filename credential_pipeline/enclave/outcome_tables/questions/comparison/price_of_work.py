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
#: Years of work that a mean must rest on to count half.
_HALF = 500.0
#: Rounds in which sectors and states are told apart from one another, on a matrix of a few hundred numbers.
_ROUNDS = 200


@dataclass(frozen=True)
class PriceOfWork:
    """What log real earnings are beyond those of everybody, in log points.

    Attributes:
        of_sectors: By number of the sector, in equal states [sectors + 1].
        of_states: Of each person's state, in equal sectors [persons].
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
    lives = found.careers
    shape = (int(lives.sectors.max(initial=0)) + 1, int(state.max(initial=-1)) + 1)
    years = lives.last_year - lives.first_year + 1
    n, total = np.zeros(shape), np.zeros(shape)
    for at in range(years):
        earned = lives.earnings[at::years]
        told = np.flatnonzero(other & (earned >= _LEAST))
        place = lives.sectors[at::years][told] * np.int64(shape[1]) + state[told]
        n += np.bincount(place, minlength=n.size).reshape(shape)
        total += np.bincount(place, np.log(earned[told]), n.size).reshape(shape)
    sectors, states = two_way_levels(n, total)
    return PriceOfWork(sectors.astype(np.float32), states[state].astype(np.float32))


def two_way_levels(
    n: NDArray[np.float64], total: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levels of rows and columns whose sum fits the cells' means, drawn toward 0 where little is known, [rows], [columns]."""
    total = total - n * (total.sum() / max(n.sum(), 1.0))
    rows, columns = np.zeros(n.shape[0]), np.zeros(n.shape[1])
    for _ in range(_ROUNDS):
        rows = (total - n * columns).sum(axis=1) / (n.sum(axis=1) + _HALF)
        columns = (total - n * rows[:, None]).sum(axis=0) / (n.sum(axis=0) + _HALF)
    return rows, columns
