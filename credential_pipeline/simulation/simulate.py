"""Simulate a world and write what a clearinghouse and an enclave would hold, with the truth apart.

Not here: any number of the world (world.yml, worlds/*.yml).
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.simulation.arrays import Ints, Streams
from credential_pipeline.simulation.credentials import AWARD
from credential_pipeline.simulation.default_world import default_world
from credential_pipeline.simulation.education import Students, Trained, enroll
from credential_pipeline.simulation.enclave import Keys, write_persons
from credential_pipeline.simulation.folders import EDUCATION, INBOX, REFERENCE, TRUTH
from credential_pipeline.simulation.holders import Plan, plan_holders
from credential_pipeline.simulation.industries import SimulatedIndustry, settle, write_feeds
from credential_pipeline.simulation.partners.pdp import leave_pdp
from credential_pipeline.simulation.partners.requests import leave_requests
from credential_pipeline.simulation.people import People, build_people
from credential_pipeline.simulation.prices import read_prices
from credential_pipeline.simulation.schools import COLLEGE, Schools, build_schools
from credential_pipeline.simulation.truth import write_truth
from credential_pipeline.simulation.variant import Variant
from credential_pipeline.simulation.wages import write_wages
from credential_pipeline.simulation.world import IndustryWorld, World, has_world, load_industry_world, load_world

#: Size of the registry at which the world's number of others with wages is reached; smaller worlds have fewer.
FULL_REGISTRY = 1_000_000


@dataclass(frozen=True)
class SimulationSummary:
    """Counts of what was written, by industry where it says so; ``bad_rows`` are planted, ``wages`` are rows."""

    learners: dict[str, int]
    awards: dict[str, int]
    rows: dict[str, int]
    bad_rows: dict[str, int]
    students: int
    persons: int
    wages: int


def _say_nothing(line: str) -> None:
    del line


def simulate(
    home: Path,
    registry: Registry,
    industries: Sequence[str],
    learners: int = 119_000,
    registry_size: int = 1_000_000,
    seed: int = 1,
    progress: Callable[[str], None] = _say_nothing,
    variant: Variant | None = None,
) -> SimulationSummary:
    """Write the feeds, drops and reference files of a simulated world under ``home``, and its truth.

    Everything hangs on the arguments alone: the same ones give the same bytes. Earlier simulated files are replaced.

    Args:
        home: Folder of the product's data (``CREDENTIAL_PIPELINE_HOME``).
        registry: Industries and certifiers, whose YAML gives the layout of each feed.
        industries: Names of the industries to simulate; the order does not matter.
        learners: Learners with a credential in an industry whose world file says ``learner_share: 1``.
        registry_size: Students in the education registry.
        seed: Any whole number.
        progress: Is called with a line of text as each part is done.
        variant: What differs from the world of the YAML files; nothing if None.
    """
    changes, streams = variant or Variant(), Streams(seed)
    world, names = changes.country(load_world()), sorted(set(industries))
    _make_room(home, registry, names)
    worlds = {name: changes.industry(name, _world_of(name, registry, world)) for name in names}
    plans = {
        name: plan_holders(streams("plan", name), own, max(1, round(learners * own.learner_share)))
        for name, own in worlds.items()
    }
    people, schools = _populate(streams, world, plans, registry_size)
    progress(f"people: {len(people):,} in {len(np.unique(people.family)):,} families")
    settled = _settle_all(streams, registry, people, schools, world, worlds, plans, home, progress)
    students = _enroll_all(streams, home, people, schools, settled, world, registry_size)
    progress(f"education registry: {len(students.person):,} students")
    asked = leave_requests(streams, home, registry, people, students, settled, world)
    progress(f"partners: {asked} requests, {leave_pdp(streams, home, registry, industries)} PDP files")
    keys = write_persons(streams, home / REFERENCE, people, world.reference, world.economy.last_year)
    progress(f"reference population: {int((keys.key != '').sum()):,} persons")
    prices = read_prices()
    others = round(world.economy.others * min(1.0, registry_size / FULL_REGISTRY))
    wages, effects = write_wages(
        streams, home / REFERENCE, people, keys, settled, world.economy, registry, prices, others
    )
    progress(f"wages: {wages:,} rows of {world.economy.first_year} to {world.economy.last_year}")
    write_truth(home, registry, people, students, keys, settled, effects, prices, schools, world.economy.wage_gaps)
    progress("truth: identities, planted faults, effects and outcome cells")
    return _summary(settled, students, keys, wages)


def _world_of(name: str, registry: Registry, world: World) -> IndustryWorld:
    """The world of an industry: its file, or one made out of its YAML."""
    if has_world(name):
        return load_industry_world(name)
    return default_world(registry.industry(name), registry.certifiers_of(name), world.economy)


def _make_room(home: Path, registry: Registry, industries: Sequence[str]) -> None:
    """Remove earlier simulated files, once every industry is known to the registry."""
    for name in industries:
        registry.industry(name)
    for folder in (EDUCATION, REFERENCE, TRUTH, *(f"{INBOX}/{name}" for name in industries)):
        shutil.rmtree(home / folder, ignore_errors=True)


def _summary(settled: Sequence[SimulatedIndustry], students: Students, keys: Keys, wages: int) -> SimulationSummary:
    return SimulationSummary(
        learners={own.name: own.holders.holding for own in settled},
        awards={own.name: int((own.events.event == AWARD).sum()) for own in settled},
        rows={own.name: sum(feed.delivered.rows for feed in own.feeds) for own in settled},
        bad_rows={own.name: sum(len(feed.delivered.broken) for feed in own.feeds) for own in settled},
        students=len(students.person),
        persons=int((keys.key != "").sum()),
        wages=wages,
    )


def _populate(
    streams: Streams, world: World, plans: dict[str, tuple[Plan, int]], registry_size: int
) -> tuple[People, Schools]:
    wanted: Ints = np.concatenate([plan.birth_year for plan, _ in plans.values()])
    size = round(max(registry_size, 2 * len(wanted)) * (1 + world.population.outsiders)) + len(wanted)
    return build_people(streams, world, size, wanted), build_schools(streams("schools"), world.registry)


def _settle_all(
    streams: Streams,
    registry: Registry,
    people: People,
    schools: Schools,
    world: World,
    worlds: dict[str, IndustryWorld],
    plans: dict[str, tuple[Plan, int]],
    home: Path,
    progress: Callable[[str], None],
) -> list[SimulatedIndustry]:
    settled: list[SimulatedIndustry] = []
    taken: Ints = np.zeros(0, dtype=np.int64)
    for name, own in worlds.items():
        industry = settle(streams, name, registry.certifiers_of(name), people, schools, own, plans[name], world, taken)
        taken = np.concatenate([taken, industry.holders.person])
        industry = write_feeds(streams, home / INBOX / name, industry, people, schools)
        settled.append(industry)
        awards = int((industry.events.event == AWARD).sum())
        progress(f"{name}: {industry.holders.holding:,} learners, {awards:,} awards")
    return settled


def _enroll_all(
    streams: Streams,
    home: Path,
    people: People,
    schools: Schools,
    settled: list[SimulatedIndustry],
    world: World,
    size: int,
) -> Students:
    person, school, day, credit = [], [], [], []
    for industry in settled:
        training = industry.training
        college = np.flatnonzero(training.school >= 0)
        person.append(industry.holders.person[college])
        school.append(training.school[college])
        day.append(industry.holders.first_day[college])
        credit.append(training.is_setting(COLLEGE[0])[college])
    trained = Trained(np.concatenate(person), np.concatenate(school), np.concatenate(day), np.concatenate(credit))
    holders = np.concatenate([industry.holders.person for industry in settled])
    return enroll(streams, home / EDUCATION, people, holders, trained, schools, world.registry, size)
