"""Schools and colleges of the simulated country, and where a learner trains. Not here: enrollment (education.py)."""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Ints, Texts, blank, grouped_pick, join, pick, texts
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.world import EducationRegistry

_KINDS = {
    "public_2yr": ("Community College", "Technical College", "Community and Technical College"),
    "public_4yr": ("State University", "University"),
    "private_np_4yr": ("College", "University"),
    "for_profit": ("Career Institute", "Technical Institute"),
}
#: Training settings in which the learner is at a college, by the vocabulary of feeds.
COLLEGE = ("credit", "noncredit")
_ELSEWHERE = {
    "high_school": "High School Career Center",
    "employer": "Employer Training Program",
    "military": "Armed Forces Training Command",
    "other": "Workforce Board",
}


@dataclass(frozen=True)
class Schools:
    """Institutions sorted by state: OPEID, name, state code and sector code [n]; community colleges are listed apart."""

    opeid: Texts
    name: Texts
    state: Ints
    sector: Ints
    sector_names: tuple[str, ...]

    def near(self, rng: np.random.Generator, state: Ints, sector: Ints) -> Ints:
        """An institution of the sector in the state for each; any state where the state has none of that sector."""
        group = self.sector * len(places().state_names) + self.state
        order = np.argsort(group, kind="stable")
        wanted = sector * len(places().state_names) + state
        low = np.searchsorted(group[order], wanted)
        high = np.searchsorted(group[order], wanted, side="right")
        none = low == high
        low = np.where(none, np.searchsorted(self.sector[order], sector), low)
        high = np.where(none, np.searchsorted(self.sector[order], sector, side="right"), high)
        return order[grouped_pick(rng.random(len(state)), np.arange(1.0, len(order) + 1), low, high)]


def build_schools(rng: np.random.Generator, world: EducationRegistry) -> Schools:
    """Draw the institutions; names are those of towns and are not unique, OPEIDs are."""
    table = places()
    names = tuple(world.sectors)
    size = max(world.institutions, len(names) * 4)
    place = np.sort(pick(rng, table.weights.sum(axis=0), size))
    sector = np.concatenate(
        [np.arange(len(names)), pick(rng, [world.sectors[name] for name in names], size - len(names))]
    )
    kind = texts(_KINDS.get(names[code], ("School",))[number % len(_KINDS.get(names[code], ("School",)))]
                 for number, code in enumerate(sector.tolist()))  # fmt: skip
    return Schools(
        opeid=texts(f"{1000 + 17 * number:06d}00" for number in range(size)),
        name=join(table.cities[place], " ", kind),
        state=table.state_of[place],
        sector=sector,
        sector_names=names,
    )


@dataclass(frozen=True)
class Training:
    """Where each learner of an industry trained [n]: setting code, school number (-1 = no college), provider's name."""

    setting: Ints
    setting_names: tuple[str, ...]
    school: Ints
    provider: Texts

    def is_setting(self, name: str) -> Bools:
        """Which learners trained in the named setting."""
        return np.asarray(self.setting == (self.setting_names.index(name) if name in self.setting_names else -1))


def draw_training(
    rng: np.random.Generator, schools: Schools, settings: dict[str, float], two_year_college: float, state: Ints
) -> Training:
    """Draw setting and provider; those in college settings are at a two-year college but for a few."""
    names = tuple(settings)
    size = len(state)
    setting = pick(rng, [settings[name] for name in names], size)
    college = np.isin(setting, [code for code, name in enumerate(names) if name in COLLEGE])
    two_year = schools.sector_names.index("public_2yr") if "public_2yr" in schools.sector_names else 0
    elsewhere = rng.integers(0, len(schools.sector_names), size)
    sector = np.where(rng.random(size) < two_year_college, two_year, elsewhere)
    school = np.where(college, schools.near(rng, state, sector), -1)
    provider = blank(size)
    provider[college] = schools.name[school[college]]
    cities = places().cities[pick(rng, places().weights.sum(axis=0), size)]
    for code, name in enumerate(names):
        who = np.flatnonzero((setting == code) & ~college)
        provider[who] = join(cities[who], " ", _ELSEWHERE.get(name, "Training Center"))
    return Training(setting, names, school, provider)
