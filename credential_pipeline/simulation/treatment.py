"""What an award changes: who holds what since when, the planted effect in log points, the pull into the industry.

Not here: the years of work and wages themselves (careers.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import NEVER, Bools, Dates, Floats, Ints, years
from credential_pipeline.simulation.credentials import AWARD
from credential_pipeline.simulation.industries import SimulatedIndustry
from credential_pipeline.simulation.people import People


@dataclass(frozen=True)
class Treated:
    """Learners of all industries [h], holders and those who never pass, in one list.

    ``industry`` indexes the industries, ``award_year`` is 0 and ``award_day`` NaT for those who never pass. ``first`` numbers the credential of
    the first award in the industry's catalogue (-1), ``direct`` is the full effect of it in log points with the group's
    share, ``further`` [h, years] that of later awards. ``unseen`` work where no
    wage file looks. The other arrays repeat the world of the industry.
    """

    person: Ints
    industry: Ints
    award_day: Dates
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
    unseen: Bools

    @property
    def holds(self) -> Bools:
        """Learners with an award."""
        return self.award_year > 0


def _planted(industry: SimulatedIndustry, named: dict[str, float], default: float) -> Floats:
    """A number for each credential of the catalogue."""
    shelf = industry.shelf
    names = [f"{shelf.certifiers[c].certifier}/{code}" for c, code in zip(shelf.certifier, shelf.code, strict=True)]
    return np.array([named.get(name, default) for name in names])


def effect_of(industry: SimulatedIndustry, credential: Ints) -> Floats:
    """Planted effect of each credential number of the industry's catalogue as a first award, in log points."""
    effect = industry.world.effect
    return _planted(industry, effect.credentials, effect.default)[credential]


def further_of(industry: SimulatedIndustry, credential: Ints) -> Floats:
    """Planted effect of each credential number as a second or later award, in log points."""
    effect = industry.world.effect
    return _planted(industry, effect.further, effect.further_award)[credential]


@dataclass(frozen=True)
class Awards:
    """Awards of an industry in the order of each learner: learner number, credential number, day, ``nth`` from 1."""

    learner: Ints
    credential: Ints
    day: Dates
    nth: Ints


def ordered_awards(industry: SimulatedIndustry) -> Awards:
    """The awards by learner and day; certifier and code break ties, as the registry's default attribution does."""
    events = industry.events
    awards = np.flatnonzero(events.event == AWARD)
    order = np.lexsort((_code_rank(industry)[events.credential[awards]], events.day[awards], events.learner[awards]))
    awards = awards[order]
    learner = events.learner[awards]
    starts = np.flatnonzero(
        np.concatenate((np.ones(min(len(learner), 1), dtype=np.bool_), learner[1:] != learner[:-1]))
    )
    first = np.repeat(starts, np.diff(np.append(starts, len(learner))))
    return Awards(learner, events.credential[awards], events.day[awards], np.arange(len(learner)) - first + 1)


def _from_next_year(awards: Awards, which: Bools, amount: Floats, shape: tuple[int, int, int]) -> Floats:
    """Sum of the amounts of some awards by learner and year, each from the year after the award on.

    Args:
        awards: All awards.
        which: Which of them count.
        amount: Of each award.
        shape: Number of learners, first and last year.
    """
    learners, first, last = shape
    summed = np.zeros((learners, last - first + 1))
    column = np.clip(years(awards.day[which]) + 1 - first, 0, last - first)
    np.add.at(summed, (awards.learner[which], column), amount[which])
    return np.cumsum(summed, axis=1)


def _one(number: int, industry: SimulatedIndustry, people: People, span: tuple[int, int]) -> Treated:
    own, person = industry.world, industry.holders.person
    size, awards = len(person), ordered_awards(industry)
    lead = awards.nth == 1
    first = np.full(size, -1)
    first[awards.learner[lead]] = awards.credential[lead]
    day = np.full(size, NEVER)
    day[awards.learner[lead]] = awards.day[lead]
    direct = np.where(first >= 0, effect_of(industry, np.maximum(first, 0)), 0.0)
    for group, more in own.effect.groups.items():
        direct += np.where(people.in_group(person, day, group) & (first >= 0), more, 0.0)
    later = awards.nth > 1
    further = _from_next_year(awards, later, np.full(len(later), 1.0), (size, *span)) * own.effect.further_award
    more_or_less = further_of(industry, awards.credential) - own.effect.further_award
    further += _from_next_year(awards, later, more_or_less, (size, *span))
    premium = np.full(size, own.premium)
    for group, more in own.group_premium.items():
        premium += np.where(people.in_group(person, day, f"race={group}"), more, 0.0)
    return Treated(
        person=person,
        industry=np.full(size, number),
        award_day=day,
        award_year=years(day),
        first=first,
        direct=direct,
        further=further,
        years_to_full=np.full(size, own.effect.years_to_full),
        pull=np.full(size, own.effect.pull),
        stays=np.full(size, own.stays_in_industry),
        premium=premium,
        selection=np.full(size, own.selection),
        dip=np.full(size, own.dip),
        attached=np.full(size, own.attached_before),
        unseen=industry.planted.unseen,
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
