"""Employers by sector and state, and how a worker finds one. Not here: who works when (careers.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Floats, Ints, Texts, grouped_pick, pick, texts
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.tables import write_table
from credential_pipeline.simulation.world import Economy

#: Share of a sector's employers that get the code of an industry which the world does not list.
_NEW_CODE_SHARE = 0.2


@dataclass(frozen=True)
class Employers:
    """Employers sorted by sector and state [e]: id, NAICS code, sector code, state code, weight; bounds of the groups."""

    employer_id: Texts
    naics: Texts
    sector: Ints
    state: Ints
    cumulative: Floats
    bounds: Ints

    def find(self, chance: Floats, sector: Ints, state: Ints) -> Ints:
        """An employer of the sector in the state for each number in 0..1, the larger the likelier."""
        group = sector * len(places().state_names) + state
        return grouped_pick(chance, self.cumulative, self.bounds[group], self.bounds[group + 1])

    def belongs(self, prefixes: Sequence[str]) -> Bools:
        """Which employers have a NAICS code that begins with one of the prefixes."""
        return np.array([code.startswith(tuple(prefixes)) for code in self.naics], dtype=np.bool_)


def _add_industries(rng: np.random.Generator, naics: Texts, prefixes: Sequence[str]) -> None:
    """Give some employers of the sector a code of each prefix that no code of the world begins with."""
    for prefix in prefixes:
        if any(code.startswith(prefix) for code in naics):
            continue
        kin = np.flatnonzero(np.array([code.startswith(prefix[:2]) for code in naics]))
        kin = kin if len(kin) else np.arange(len(naics))
        naics[kin[rng.random(len(kin)) < _NEW_CODE_SHARE]] = prefix.ljust(6, "0")


def build_employers(rng: np.random.Generator, economy: Economy, persons: int, prefixes: Sequence[str]) -> Employers:
    """Draw employers: at least one in each sector and state, sizes lognormal, NAICS codes by weight.

    Args:
        rng: The stream.
        economy: Sectors with their codes.
        persons: Number of persons with wages.
        prefixes: NAICS prefixes of the simulated industries; some employers have a code of each.
    """
    table = places()
    states, sectors = len(table.state_names), list(economy.sectors.values())
    size = round(persons * economy.employers_per_thousand / 1000)
    by_state = np.bincount(table.state_of, weights=table.weights.sum(axis=0), minlength=states)
    weights = np.outer([sector.weight for sector in sectors], by_state / by_state.sum()).ravel()
    group = np.sort(np.concatenate([np.arange(states * len(sectors)), pick(rng, weights, size)]))
    sector, state = group // states, group % states
    naics = np.full(len(group), "", dtype=object)
    for number, entry in enumerate(sectors):
        who = np.flatnonzero(sector == number)
        naics[who] = texts(entry.codes)[pick(rng, list(entry.codes.values()), len(who))]
    _add_industries(rng, naics, prefixes)
    return Employers(
        employer_id=texts(f"E{number:07d}" for number in (1 + rng.permutation(9 * len(group))[: len(group)]).tolist()),
        naics=naics,
        sector=sector,
        state=state,
        cumulative=np.cumsum(rng.lognormal(0.0, 1.5, len(group))),
        bounds=np.searchsorted(group, np.arange(states * len(sectors) + 1)).astype(np.int64),
    )


@dataclass(frozen=True)
class Shortlist:
    """The employers of an industry sorted by state, for finding a job in it."""

    index: Ints
    cumulative: Floats
    bounds: Ints

    def find(self, chance: Floats, state: Ints) -> Ints:
        """An employer of the industry in the state; anywhere if the state has none."""
        low, high = self.bounds[state], self.bounds[state + 1]
        none = low == high
        low, high = np.where(none, 0, low), np.where(none, len(self.index), high)
        return self.index[grouped_pick(chance, self.cumulative, low, high)]


def shortlist(employers: Employers, member: Bools) -> Shortlist:
    """List the employers for which ``member`` is set; all of them if it is set for none."""
    index = np.flatnonzero(member) if member.any() else np.arange(len(employers.state))
    index = index[np.argsort(employers.state[index], kind="stable")]
    weight = np.diff(employers.cumulative, prepend=0.0)[index]
    bounds = np.searchsorted(employers.state[index], np.arange(len(places().state_names) + 1))
    return Shortlist(index, np.cumsum(weight), bounds.astype(np.int64))


def write_employers(folder: Path, employers: Employers) -> None:
    """Write ``folder/employers``, sorted by id."""
    order = np.argsort(employers.employer_id.astype("U8"), kind="stable")
    write_table(
        folder / "employers",
        {
            "employer_id": employers.employer_id[order],
            "naics": employers.naics[order],
            "state": texts(places().state_names)[employers.state[order]],
        },
    )
