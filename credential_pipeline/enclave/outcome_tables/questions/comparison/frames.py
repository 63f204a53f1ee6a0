"""Holders and others as arrays: what they earned at a horizon, and how far that is from their baseline.

Amounts are whole cents in floating point, whose sums are exact and so the same in any order. Not here: who stands in which
cell (match.py), what is estimated (effects.py).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.questions.comparison.match import BASELINE, Match
from credential_pipeline.foundation.storage.relation import Relation, Scratch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """Holders, or others, [n]: person, award year and cell (0, 1, ...)."""

    person: Ints
    award_year: Ints
    cell: Ints


@dataclass(frozen=True)
class Frames:
    """Both sides of the comparison.

    Attributes:
        uid: The unit of each holder, in ascending order.
        holders: Holders, in the order of ``uid``.
        others: Persons without a credential, ordered by person and cell.
        cells: Number of cells.
        earnings: Cents of the base year, [person, year].
        death_year: Year of death, far away for the living, [person].
        first_year: Year of the first column of ``earnings``.
        known: Whether the wage files cover the year and its prices are known, [year].
    """

    uid: Ints
    holders: Side
    others: Side
    cells: int
    earnings: Ints
    death_year: Ints
    first_year: int
    known: Bools

    def earned(self, side: Side, horizon: int) -> tuple[Floats, Bools]:
        """Cents at a horizon, and who is covered by the wage files and alive then, [n]."""
        at = side.award_year + (horizon - self.first_year)
        inside = (at >= 0) & (at < len(self.known))
        at = np.clip(at, 0, len(self.known) - 1)
        there = inside & self.known[at] & (self.death_year[side.person] >= side.award_year + horizon)
        return self.earnings[side.person, at].astype(np.float64), there

    @cached_property
    def baseline(self) -> Floats:
        """Mean of the baseline years of holders, in cents."""
        return self._baseline(self.holders)

    @cached_property
    def other_baseline(self) -> Floats:
        """Mean of the baseline years of others, in cents."""
        return self._baseline(self.others)

    def _baseline(self, side: Side) -> Floats:
        return np.asarray(sum(self.earned(side, horizon)[0] for horizon in BASELINE) / len(BASELINE))


def frames(work: Scratch, found: Match, known_years: Relation) -> Frames:
    """Fetch what was matched.

    Args:
        work: Where the rows live.
        found: Of :func:`~.match.match`.
        known_years: The years (year) that count.
    """
    holders = _columns(
        work,
        f"""
        SELECT m.uid, m.person, p.award_year, dense_rank() OVER (ORDER BY m.cell) - 1 AS cell
        FROM {found.matched} AS m JOIN {found.persons} AS p USING (person) ORDER BY m.uid
        """,
    )
    others = _columns(work, f"SELECT person, award_year, cell FROM {found.others} ORDER BY person, cell")
    deaths = _columns(work, f"SELECT coalesce(death_year, 9999) AS year FROM {found.persons} ORDER BY person")
    years = _columns(work, f"SELECT year FROM {known_years}")["year"]
    span = np.arange(found.careers.first_year, found.careers.last_year + 1)
    return Frames(
        uid=holders["uid"],
        holders=Side(holders["person"], holders["award_year"], holders["cell"]),
        others=Side(others["person"], others["award_year"], others["cell"]),
        cells=int(holders["cell"].max(initial=-1)) + 1,
        earnings=found.careers.earnings(work),
        death_year=deaths["year"],
        first_year=found.careers.first_year,
        known=np.isin(span, years),
    )


def _columns(work: Scratch, query: str) -> dict[str, Ints]:
    return {name: np.asarray(column, np.int64) for name, column in work.con.execute(query).fetchnumpy().items()}
