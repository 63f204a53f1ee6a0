"""Who earns a credential, and when for the first time: learners differ from others before the award.

Not here: which credentials (credentials.py) and what follows (careers.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import Dates, Floats, Ints, curve, first_of_year, pick, years
from credential_pipeline.simulation.names import ORIGINS
from credential_pipeline.simulation.people import FEMALE, People
from credential_pipeline.simulation.world import IndustryWorld, Population


@dataclass(frozen=True)
class Plan:
    """Drawn before anybody exists: the day of the first award and the wanted year of birth of each learner [n]."""

    first_day: Dates
    birth_year: Ints


@dataclass(frozen=True)
class Holders:
    """Learners of one industry: person number and day of the first award [n]; the last ``without`` never pass."""

    person: Ints
    first_day: Dates
    without: int

    @property
    def holding(self) -> int:
        """Number of learners with at least one award."""
        return len(self.person) - self.without


def plan_holders(rng: np.random.Generator, world: IndustryWorld, learners: int) -> tuple[Plan, int]:
    """Draw first awards and ages for the learners and, on top, for those who never pass; the second part is their number."""
    without = round(learners * world.never_passed / (1 - world.never_passed))
    size = learners + without
    span = np.arange(min(world.award_years), max(world.award_years) + 1)
    year = span[pick(rng, curve(world.award_years, span), size)]
    ages = np.arange(min(world.ages), max(world.ages) + 1)
    age = ages[pick(rng, curve(world.ages, ages), size)]
    # Terms end in May and December; a year's awards crowd there.
    month_weights = np.array([0.6, 0.8, 1.0, 1.1, 1.9, 1.1, 0.8, 0.8, 0.8, 1.0, 1.1, 1.5])
    day = first_of_year(year) + (pick(rng, month_weights, size) * 30 + rng.integers(0, 30, size)).astype(
        "timedelta64[D]"
    )
    return Plan(day, year - age), without


def _likelihood(people: People, world: IndustryWorld, traits: Population) -> Floats:
    """How likely each person is to become a learner, relative to others of the same age."""
    women = np.where(people.sex == FEMALE, world.women / traits.women, (1 - world.women) / (1 - traits.women))
    origin = np.array([world.origins.get(name, 1.0) for name in ORIGINS])[people.origin]
    schooling = np.array([world.education.get(name, 1.0) for name in people.education_names])[people.education]
    return np.asarray(women * origin * schooling)


def choose_holders(
    rng: np.random.Generator,
    people: People,
    plan: Plan,
    without: int,
    world: IndustryWorld,
    traits: Population,
    taken: Ints,
) -> Holders:
    """Find a person for each planned learner: of the wanted year of birth, alive, not taken by another industry."""
    size = len(plan.first_day)
    key = rng.exponential(1.0, len(people)) / np.maximum(_likelihood(people, world, traits), 1e-6)
    last_year = max(world.award_years)
    born = years(people.birth)
    # Nobody dies before the last award year is over, so that no event follows a death.
    excluded = (people.death < np.datetime64(f"{last_year + 1}-01-01")) | (born > last_year - min(world.ages))
    excluded[taken] = True
    candidates = np.flatnonzero(~excluded)
    candidates = candidates[np.lexsort((candidates, key[candidates], born[candidates]))]
    bounds = np.searchsorted(born[candidates], np.arange(born.min(), born.max() + 2))
    demand = rng.permutation(size)
    demand = demand[np.argsort(-plan.birth_year[demand], kind="stable")]
    person = np.full(size, -1, dtype=np.int64)
    waiting: Ints = np.zeros(0, dtype=np.int64)
    # From the youngest to the oldest: who finds nobody of the same year takes somebody a year older.
    for year in range(int(born.max()), int(born.min()) - 1, -1):
        low, high = bounds[year - born.min()], bounds[year - born.min() + 1]
        waiting = np.concatenate([waiting, demand[plan.birth_year[demand] == year]])
        served = waiting[: high - low]
        person[served] = candidates[low : low + len(served)]
        waiting = waiting[len(served) :]
    left = np.flatnonzero(person < 0)
    free = np.setdiff1d(candidates, person)
    person[left] = free[np.argsort(key[free], kind="stable")][: len(left)]
    # Who found nobody of a fitting age waits until of age.
    youngest = first_of_year(born[person] + min(world.ages)) + 200
    return Holders(person, np.maximum(plan.first_day, youngest), without)
