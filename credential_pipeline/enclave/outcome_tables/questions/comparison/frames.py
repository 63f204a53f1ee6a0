"""Holders and others as arrays: what they earned at a horizon, and how far that is from their baseline.

Amounts are whole cents in floating point, whose sums are exact and so the same in any order. Not here: who stands in which
cell (matching.py), what is estimated (effects.py).
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from credential_pipeline.enclave.outcome_tables.questions.comparison.matching import EARLIER, Match
from credential_pipeline.enclave.outcome_tables.questions.comparison.price_of_work import price_of_work
from credential_pipeline.enclave.outcome_tables.questions.own_change import BASELINE
from credential_pipeline.foundation.storage.relation import Relation, Scratch

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """Holders, or others.

    Attributes:
        person: Number of the person [n].
        award_year: Year of the award of the holder, or of the holders with whom the other is compared [n].
        age: In that year [n].
        cell: Number of the cell [n].
        last_year: Year of death, or the last before the award was revoked; far away for the others [n].
        place: Where the person's earnings of the award year stand in ``Frames.earnings`` [n].
        home: Number of the state where the person lives, 0 for none with gaps [n].
    """

    person: Ints
    award_year: Ints
    age: Ints
    cell: Ints
    last_year: Ints
    place: Ints
    home: Ints


@dataclass(frozen=True)
class Frames:
    """Both sides of the comparison.

    Attributes:
        uid: The unit of each holder, in ascending order.
        holders: Holders, in the order of ``uid``.
        others: Persons without a credential, ordered by person and cell.
        cells: Number of cells.
        remembered: Whether the wage files cover the years before the baseline of everybody in a cell [cells].
        earnings: Cents of the base year, person after person and year after year.
        inside: Whether the main employer belongs to the industry, likewise.
        sector_pay: What the sector of the main employer pays beyond others, in log points, likewise; 0 without one.
        state_pay: What people of the person's state earn beyond others in the same sectors, in log points [persons].
        first_year: The first of these years.
        known: Whether the wage files cover the year in the state and its prices are known, [states, years from the first].
    """

    uid: Ints
    holders: Side
    others: Side
    cells: int
    remembered: Bools
    earnings: Ints
    inside: Bools
    sector_pay: NDArray[np.float32]
    state_pay: NDArray[np.float32]
    first_year: int
    known: Bools

    def earned(self, side: Side, horizon: int) -> tuple[Floats, Bools]:
        """Cents at a horizon, and who is covered by the wage files, alive and, of holders, with an award that was not revoked then, [n]; the horizon lies in the span."""
        there = self.known[side.home, side.award_year + (horizon - self.first_year)] & (
            side.last_year >= side.award_year + horizon
        )
        return self.earnings[side.place + horizon].astype(np.float64), there

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


def frames(work: Scratch, found: Match) -> Frames:
    """Fetch what was matched.

    Args:
        work: Where the rows live.
        found: Of :func:`~.matching.match`.
    """
    years = work.con.execute(f"SELECT year FROM {found.known_years}").fetchnumpy()["year"]
    first, last = found.careers.first_year, found.careers.last_year
    known, homes = _known(work, found, np.isin(np.arange(first, last + 1), years))

    def side(query: str) -> tuple[Ints, Side]:
        columns = {name: np.asarray(column, np.int64) for name, column in work.con.execute(query).fetchnumpy().items()}
        place = columns["person"] * (last - first + 1) + columns["award_year"] - first
        told = {name: columns[name] for name in ("person", "award_year", "age", "cell", "last_year", "home")}
        return columns["uid"], Side(place=place, **told)

    uid, holders = side(
        f"""
        SELECT m.uid, m.person, p.award_year, p.award_year - p.birth_year AS age,
               dense_rank() OVER (ORDER BY m.cell) - 1 AS cell,
               least(coalesce(p.death_year, 9999), coalesce(p.revoked_year - 1, 9999)) AS last_year,
               coalesce(h.home, 0) AS home
        FROM {found.matched} AS m JOIN {found.persons} AS p USING (person) LEFT JOIN {homes} AS h USING (state)
        ORDER BY m.uid
        """
    )
    _, others = side(
        f"""
        SELECT 0 AS uid, o.person, o.award_year, o.award_year - p.birth_year AS age, o.cell,
               coalesce(p.death_year, 9999) AS last_year, coalesce(h.home, 0) AS home
        FROM {found.others} AS o JOIN {found.persons} AS p USING (person) LEFT JOIN {homes} AS h USING (state)
        ORDER BY o.person, o.cell
        """
    )
    holders, others, remembered = by_memory(holders, others, known, first)
    pay = price_of_work(work, found)
    return Frames(
        uid=uid,
        holders=holders,
        others=others,
        cells=len(remembered),
        remembered=remembered,
        earnings=found.careers.earnings,
        inside=found.careers.inside,
        sector_pay=pay.of_sectors[found.careers.sectors],
        state_pay=pay.of_states,
        first_year=first,
        known=known,
    )


def by_memory(holders: Side, others: Side, known: Bools, first_year: int) -> tuple[Side, Side, Bools]:
    """Cells of people whose years before the baseline are covered, and cells of the rest; and which is which.

    No wages of a year that the files do not cover are no zeros. So a holder whose earlier years are covered is compared with
    others of the cell whose earlier years are, too; if there are too few, or the holder's own years are not covered, with
    all others of the cell, and then the earlier years of nobody count.

    Args:
        holders: Holders.
        others: Others.
        known: Whether a year is covered in a state, [states, years from the first].
        first_year: The first of these years.
    """
    cells = int(holders.cell.max(initial=-1)) + 1

    def covered(side: Side) -> Bools:
        return np.asarray(
            np.logical_and.reduce([known[side.home, side.award_year + at - first_year] for at in EARLIER])
        )

    told = covered(others)
    enough = np.bincount(others.cell[told], minlength=cells) > 1
    long = covered(holders) & enough[holders.cell]
    asks = [np.isin(np.arange(cells), holders.cell[kind]) for kind in (long, ~long)]
    rows = [np.flatnonzero(told & asks[0][others.cell]), np.flatnonzero(asks[1][others.cell])]
    cell = np.concatenate([others.cell[rows[0]], others.cell[rows[1]] + cells])
    chosen = np.concatenate(rows)
    order = np.lexsort((cell, others.person[chosen]))
    picked = {field.name: getattr(others, field.name)[chosen[order]] for field in fields(Side)}
    return (
        replace(holders, cell=np.where(long, holders.cell, holders.cell + cells)),
        Side(**picked | {"cell": cell[order]}),
        np.arange(2 * cells) < cells,
    )


def _known(work: Scratch, found: Match, nation: Bools) -> tuple[Bools, Relation]:
    """Which years are covered where, [states, years], and the number of every state (state, home) that has gaps."""
    homes = work.table(
        "homes",
        f"SELECT state, row_number() OVER (ORDER BY state) AS home FROM (SELECT DISTINCT state FROM {found.shut_years})",
    )
    gaps = work.con.execute(f"SELECT home, year FROM {found.shut_years} JOIN {homes} USING (state)").fetchnumpy()
    home, year = (np.asarray(gaps[name], np.int64) for name in ("home", "year"))
    known = np.repeat(nation[None, :], int(home.max(initial=0)) + 1, axis=0)
    place = year - found.careers.first_year
    inside = (place >= 0) & (place < len(nation))
    known[home[inside], place[inside]] = False
    return known, homes
