"""Complementary suppression of all tables at once, by linear programs on HiGHS.

For each sensitive count the cheapest change of the counts is looked for that keeps every sum and lifts (or lowers) that
count by what it needs; every count that takes part in the change is hidden. What is hidden already changes for free.
The set of hidden counts only grows, so a change found once stays possible and often serves many counts.

The method is the greedy form of Fischetti and Salazar's model; it costs up to a third more cells than the optimum and
needs seconds instead of hours. Not here: proof that it worked, which is the attacker's business (attack_bounds.py).
"""

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.csgraph import connected_components

from credential_pipeline.engines.disclosure.primary import Primary
from credential_pipeline.engines.disclosure.system import Flags, System
from credential_pipeline.foundation.errors import SafeError

Reals = NDArray[np.float64]

MOVED = 1e-6
"""Changes below this are noise of the solver."""
PULL = 1e-4
"""What lifting a 0 is worth when it is only to be seen how far it goes: too little to hide a count for it."""


@dataclass(frozen=True, eq=False)
class Protection:
    """The outcome of the suppression.

    Attributes:
        hidden: True for each variable that may not be shown, whatever the reason.
        secondary: Those hidden only for the sake of others.
        programs: Number of linear programs solved.
    """

    hidden: Flags
    secondary: Flags
    programs: int


def protect(system: System, primary: Primary) -> Protection:
    """Hide enough counts that every sensitive one has the interval it needs.

    Raises:
        SafeError: ``E_CANNOT_PROTECT`` if a sensitive count cannot be protected by hiding others. Nothing is released.
    """
    hidden = primary.hidden.copy()
    free = np.flatnonzero(~system.structural)
    rows = csc_matrix(system.rows)[:, free]
    links = (abs(rows).T @ abs(rows)).tocsr()
    _, label = connected_components(links, directed=False)
    programs = 0
    wanted = np.unique(label[primary.sensitive[free]])
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(label.max(initial=-1) + 2))
    for block in wanted:
        members = free[order[starts[block] : starts[block + 1]]]
        part = _Block(system, primary, hidden, members)
        programs += part.solve()
        hidden[members] = part.hidden
    return Protection(hidden=hidden, secondary=hidden & ~primary.hidden, programs=programs)


class _Block:
    """One connected part of the system: counts that are bound to one another and to no other."""

    def __init__(self, system: System, primary: Primary, hidden: Flags, members: NDArray[np.int64]) -> None:
        self.size = len(members)
        self.value = system.value[members].astype(float)
        self.need = np.stack([primary.up[members], primary.down[members]]).astype(float)
        self.enough = float(primary.min_learners)
        self.reach = np.zeros((2, self.size))
        self.hidden = hidden[members].copy()
        self.price = (0.1 + system.weight[members]) * np.log1p(self.value)
        self.family = system.family[members]
        self.programs = 0
        self.solver = self._load(csc_matrix(system.rows)[:, members])

    def _load(self, rows: csc_matrix) -> highspy.Highs:
        """Fill the solver: a raise (0..inf) and a cut (0..value) of each count, whose sums stay (see ``_loosen``)."""
        rows = csc_matrix(rows[np.flatnonzero(np.diff(rows.tocsr().indptr)), :])
        height, width = rows.shape
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = 2 * width, height
        cost = np.where(self.hidden, 0.0, self.price)
        model.col_cost_ = np.concatenate([cost, cost])
        model.col_lower_ = np.concatenate([np.where(self.hidden, -self.value, 0.0), np.zeros(width)])
        model.col_upper_ = np.concatenate([np.full(width, highspy.kHighsInf), np.where(self.hidden, 0.0, self.value)])
        model.row_lower_ = model.row_upper_ = np.zeros(height)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        entries = len(rows.data)
        model.a_matrix_.start_ = np.concatenate([rows.indptr, rows.indptr[1:] + entries]).astype(np.int32)
        model.a_matrix_.index_ = np.concatenate([rows.indices, rows.indices]).astype(np.int32)
        model.a_matrix_.value_ = np.concatenate([rows.data, -rows.data]).astype(float)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)  # noqa: FBT003
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        solver.passModel(model)
        return solver

    def solve(self) -> int:
        """Serve every sensitive count, the neediest families first; return the number of programs.

        The horizons of a family are served by one change: where cohorts are the same people at every horizon, one that
        must move moves at all of them anyway, and else the horizons have nothing to do with each other.
        """
        families: dict[int, list[int]] = {}
        for place in np.lexsort((np.arange(self.size), -self.need.sum(axis=0))).tolist():
            if self.need[:, place].any():
                families.setdefault(int(self.family[place]), []).append(place)
        for members in families.values():
            for way in (0, 1):
                self._serve(members, way)
        self._blur_zeros()
        return self.programs

    def _serve(self, members: list[int], way: int) -> None:
        """Find changes for the members of a family: one for all if there is one, else one each."""
        left = self._unserved(members, way)
        together = self._cheapest(left, way, self.need[way, left]) if len(left) > 1 else None
        if together is not None:
            self._note(together)
        for place in self._unserved(members, way):
            alone = self._cheapest([place], way, self.need[way, [place]])
            if alone is None:
                raise SafeError(
                    "E_CANNOT_PROTECT",
                    "a small count cannot be protected by hiding others; release less detail",
                )
            self._note(alone)

    def _unserved(self, members: list[int], way: int) -> list[int]:
        return [place for place in members if self.need[way, place] > self.reach[way, place] + MOVED]

    def _blur_zeros(self) -> None:
        """Keep a reader from proving that a 0 is 'a few': it shows as nobody at all, or might be enough learners.

        A 0 that no hidden count can stand in for is left; whoever finds it has found nobody.
        """
        zeros = self.hidden & (self.value == 0) & (self.need.sum(axis=0) == 0)
        left = np.flatnonzero(zeros & (self.reach[0] < self.enough - MOVED)).tolist()
        while left:
            pulled = self._pull(left)
            self._note(pulled)
            before, left = len(left), [place for place in left if self.reach[0, place] < self.enough - MOVED]
            if len(left) == before:
                break
        for place in left:
            if self.reach[0, place] < self.enough - MOVED:
                lifted = self._pull([place])
                change = self._cheapest([place], 0, np.array([self.enough])) if lifted[place] > MOVED else None
                if change is not None:
                    self._note(change)

    def _pull(self, places: list[int]) -> Reals:
        """Return a change that lifts these counts as far as hidden counts allow, up to ``enough``."""
        for place in places:
            self.solver.changeColCost(place, -PULL)
        change = self._cheapest(places, 0, np.zeros(len(places)), np.full(len(places), self.enough))
        for place in places:
            self.solver.changeColCost(place, 0.0)
        return np.zeros(self.size) if change is None else change

    def _cheapest(self, places: list[int], way: int, need: Reals, most: Reals | None = None) -> Reals | None:
        """Return the cheapest change that lifts (way 0) or lowers (way 1) counts by ``need`` up to ``most``."""
        self.programs += 1
        for place, least, top in zip(places, need.tolist(), (need if most is None else most).tolist(), strict=True):
            moved, still = (place, place + self.size) if way == 0 else (place + self.size, place)
            self.solver.changeColBounds(moved, least, top)
            self.solver.changeColBounds(still, 0.0, 0.0)
        self.solver.run()
        solved = self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.asarray(self.solver.getSolution().col_value)
        for place in places:
            self._loosen(place)
        return np.asarray(found[: self.size] - found[self.size :]) if solved else None

    def _loosen(self, place: int) -> None:
        """Let a count move as it may: a hidden one freely in one column, another at its price in two."""
        if self.hidden[place]:
            self.solver.changeColBounds(place, -float(self.value[place]), highspy.kHighsInf)
            self.solver.changeColBounds(place + self.size, 0.0, 0.0)
        else:
            self.solver.changeColBounds(place, 0.0, highspy.kHighsInf)
            self.solver.changeColBounds(place + self.size, 0.0, float(self.value[place]))

    def _note(self, change: Reals) -> None:
        """Hide what takes part in the change, and note how far the change and its mirror image carry every count."""
        new = np.flatnonzero((np.abs(change) > MOVED) & ~self.hidden)
        self.hidden[new] = True
        for place in new.tolist():
            self.solver.changeColCost(place, 0.0)
            self.solver.changeColCost(place + self.size, 0.0)
            self._loosen(place)
        rising = change > MOVED
        back = float(np.min(self.value[rising] / change[rising], initial=1.0))
        self.reach[0] = np.maximum(self.reach[0], np.maximum(change, -back * change))
        self.reach[1] = np.maximum(self.reach[1], np.maximum(-change, back * change))
