"""What an award changes: who holds what since when, the planted effect in log points, the pull into the industry.

Not here: the years of work and wages themselves (careers.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Floats, Ints, years
from credential_pipeline.simulation.credentials import AWARD
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.names import SEXES
from credential_pipeline.simulation.people import People


@dataclass(frozen=True)
class Treated:
    """Learners of all industries [h], holders and those who never pass, in one list.

    ``industry`` indexes the industries, ``award_year`` is 0 for those who never pass. ``first`` numbers the credential of
    the first award in the industry's catalogue (-1), ``direct`` is the full effect of it in log points with the group's
    share, ``further`` [h, years] that of later awards. The other arrays repeat the world of the industry.
    """

    person: Ints
    industry: Ints
    award_year: Ints
    first: Ints
    direct: Floats
    further: Floats
    years_to_full: Ints
    pull: Floats
    stays: Floats
    premium: Floats
    selection: Floats
    dip: Floats
    attached: Floats

    @property
    def holds(self) -> Bools:
        """Learners with an award."""
        return self.award_year > 0


def in_group(people: People, person: Ints, award_year: Ints, group: str) -> Bools:
    """Whether persons belong to a group such as ``race=black``, ``sex=F`` or ``age=18-25`` (at the award)."""
    dimension, _, level = group.partition("=")
    if dimension == "race":
        names = people.race_names
        return np.asarray(people.race[person] == (names.index(level) if level in names else -1))
    if dimension == "sex":
        return np.asarray(people.sex[person] == SEXES.index(level))
    low, _, high = level.partition("-")
    age = people.age_in(person, award_year)
    return np.asarray((age >= int(low)) & (age <= int(high)))


def effect_of(industry: SimulatedIndustry, credential: Ints) -> Floats:
    """Planted effect of each credential number of the industry's catalogue, in log points."""
    shelf, effect = industry.shelf, industry.world.effect
    names = [f"{shelf.certifiers[c].certifier}/{code}" for c, code in zip(shelf.certifier, shelf.code, strict=True)]
    return np.array([effect.credentials.get(name, effect.default) for name in names])[credential]


def _one(number: int, industry: SimulatedIndustry, people: People, span: tuple[int, int]) -> Treated:
    own, person = industry.world, industry.holders.person
    size, events = len(person), industry.events
    awards = np.flatnonzero(events.event == AWARD)
    # Attribution of the registry's default: the first award; certifier and code break ties.
    order = np.lexsort((_code_rank(industry)[events.credential[awards]], events.day[awards], events.learner[awards]))
    awards = awards[order]
    learner = events.learner[awards]
    lead = np.concatenate(([True], learner[1:] != learner[:-1]))
    first = np.full(size, -1)
    first[learner[lead]] = events.credential[awards[lead]]
    year = np.zeros(size, dtype=np.int64)
    year[learner[lead]] = years(events.day[awards[lead]])
    direct = np.where(first >= 0, effect_of(industry, np.maximum(first, 0)), 0.0)
    for group, more in own.effect.groups.items():
        direct += np.where(in_group(people, person, year, group) & (first >= 0), more, 0.0)
    further = np.zeros((size, span[1] - span[0] + 1))
    later = awards[~lead]
    np.add.at(
        further, (events.learner[later], np.clip(years(events.day[later]) + 1 - span[0], 0, further.shape[1] - 1)), 1.0
    )
    premium = np.full(size, own.premium)
    for group, more in own.group_premium.items():
        premium += np.where(in_group(people, person, year, f"race={group}"), more, 0.0)
    return Treated(
        person=person,
        industry=np.full(size, number),
        award_year=year,
        first=first,
        direct=direct,
        further=np.cumsum(further, axis=1) * own.effect.further_award,
        years_to_full=np.full(size, own.effect.years_to_full),
        pull=np.full(size, own.effect.pull),
        stays=np.full(size, own.stays_in_industry),
        premium=premium,
        selection=np.full(size, own.selection),
        dip=np.full(size, own.dip),
        attached=np.full(size, own.attached_before),
    )


def _code_rank(industry: SimulatedIndustry) -> Ints:
    """Rank of each credential by certifier and code, which breaks ties of awards on one day."""
    shelf = industry.shelf
    names = [(shelf.certifiers[c].certifier, code) for c, code in zip(shelf.certifier, shelf.code, strict=True)]
    return np.argsort(np.argsort(np.array([f"{a}\x1f{b}" for a, b in names]), kind="stable"), kind="stable")


def treat(industries: Sequence[SimulatedIndustry], people: People, span: tuple[int, int]) -> Treated:
    """List the learners of all industries with what their awards change; ``span`` is the first and last wage year."""
    parts = [_one(number, industry, people, span) for number, industry in enumerate(industries)]
    return Treated(*(np.concatenate([getattr(part, name) for part in parts]) for name in Treated.__dataclass_fields__))
