"""Careers year by year: who works, for which employer, for how much, with and without the award.

Every draw has a stream of its own, named by year and purpose, so that the course of a life with the award and the one
without it, which is computed for the learners alone, share their luck: the first draws of a stream do not depend on how
many follow.
All amounts are in dollars of the economy's base year. Not here: the wage files (wages.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import (
    Bools,
    Floats,
    Ints,
    Streams,
    curve,
    first_of_year,
    grouped_pick,
    pick,
    years,
)
from credential_pipeline.simulation.employers import Employers, Shortlist
from credential_pipeline.simulation.people import FEMALE, People
from credential_pipeline.simulation.places import places
from credential_pipeline.simulation.treatment import Treated
from credential_pipeline.simulation.world import Economy

_YOUNG = 25


@dataclass(frozen=True)
class Year:
    """Work in one year [m]: main employer before and after a change (-1 = none), earnings from each and a second job.

    ``begin`` and ``end`` are the part of the year in which a person with earnings works, 0 to 1.
    """

    year: int
    before: Ints
    after: Ints
    earned_before: Floats
    earned_after: Floats
    second: Ints
    earned_second: Floats
    begin: Floats
    end: Floats

    @property
    def total(self) -> Floats:
        """Earnings of the year from all jobs."""
        return np.asarray(self.earned_before + self.earned_after + self.earned_second)


@dataclass(frozen=True)
class Market:
    """Where jobs are: employers, those of each industry, log premium and odds of new jobs by sector."""

    employers: Employers
    shortlists: tuple[Shortlist, ...]
    members: tuple[Bools, ...]
    premium: Floats
    odds: Floats


def _odds(economy: Economy) -> Floats:
    """Weights of sectors for new jobs, [young, schooling, sector]."""
    rank = np.linspace(-1.0, 1.0, len(economy.schooling))
    rows = [
        [
            [
                s.weight * np.exp(s.schooling * level + s.young * (1 if young else -0.3))
                for s in economy.sectors.values()
            ]
            for level in rank
        ]
        for young in (False, True)
    ]
    return np.array(rows)


def open_market(
    economy: Economy, employers: Employers, shortlists: tuple[Shortlist, ...], members: tuple[Bools, ...]
) -> Market:
    """Put together what a job search needs."""
    premium = np.array([sector.premium for sector in economy.sectors.values()])
    return Market(employers, shortlists, members, premium, _odds(economy))


def potential(streams: Streams, people: People, who: Ints, economy: Economy) -> Floats:
    """What sets a person apart for life, in log points: schooling, sex, group, luck."""
    rng = streams("careers", "persons")
    luck = rng.normal(0.0, economy.person_spread, len(people))[who]
    groups = np.array([economy.groups.get(name, 0.0) for name in people.race_names])[people.race[who]]
    groups = groups + np.where(people.hispanic[who], economy.groups.get("hispanic", 0.0), 0.0)
    schooling = np.array([economy.schooling.get(name, 0.0) for name in people.education_names])[people.education[who]]
    return np.asarray(luck + groups + schooling + np.where(people.sex[who] == FEMALE, economy.women, 0.0))


class Careers:
    """The working lives of ``who`` [m], the learners first; iterate for one :class:`Year` after the other."""

    def __init__(
        self,
        streams: Streams,
        people: People,
        who: Ints,
        treated: Treated,
        economy: Economy,
        market: Market,
        *,
        awarded: bool,
    ) -> None:
        """Start before the first year.

        Args:
            streams: Named streams; the same ones give the same luck with and without award.
            people: Everybody.
            who: Person numbers; begins with ``treated.person``.
            treated: What the awards change.
            economy: Wages and work.
            market: Employers.
            awarded: False for the course of life without any award.
        """
        self.streams, self.people, self.who, self.treated = streams, people, who, treated
        self.economy, self.market, self.awarded = economy, market, awarded
        size, learners = len(who), len(treated.person)
        self.base = potential(streams, people, who, economy)
        self.base[:learners] += treated.selection
        self.spread = np.random.default_rng(streams.seed).normal(0, economy.state_spread, len(places().state_names))
        self.learner = np.concatenate([np.arange(learners), np.full(size - learners, -1)])
        self.born, self.dies = years(people.birth[who]), years(people.death[who])
        self.attached = np.zeros(size, dtype=np.bool_)
        self.attached[:learners] = self._rng(0, "attached").random(learners) < treated.attached
        self.uncovered = self._rng(0, "uncovered").random(size) < economy.never_covered
        self.uncovered[:learners] |= treated.unseen
        age = economy.first_year - self.born
        self.working = (self._rng(0, "working").random(size) < economy.working_at_first) & self._of_age(age)
        self.schooling = people.education[who]
        self.shock = self._rng(0, "shock").normal(0.0, economy.year_spread / np.sqrt(1 - economy.persistence**2), size)
        state = people.addresses.state(people.home_on(who, first_of_year(np.full(size, economy.first_year))))
        sector = pick(self._rng(0, "sector"), market.odds[0, 1], size)
        self.employer = market.employers.find(self._rng(0, "employer").random(size), sector, state)

    def _of_age(self, age: Ints) -> Bools:
        low, high = self.economy.working_ages
        return np.asarray((age >= low) & (age < high))

    def _rng(self, year: int, purpose: str) -> np.random.Generator:
        return self.streams("careers", purpose, str(year))

    def __iter__(self) -> Iterator[Year]:
        """The years of the economy in order."""
        for year in range(self.economy.first_year, self.economy.last_year + 1):
            yield self._year(year)

    def _new_jobs(self, year: int, looking: Bools, state: Ints, young: Ints) -> Ints:
        """The employers of this year: the old one, or the one found by those who are looking."""
        size, who = len(self.who), np.flatnonzero(looking)
        market, treated = self.market, self.treated
        group = young[who] * self.market.odds.shape[1] + self.schooling[who]
        odds = market.odds.reshape(-1, market.odds.shape[2])
        ranges = group * odds.shape[1]
        luck = self._rng(year, "sector").random(size)[who]
        drawn = grouped_pick(luck, np.cumsum(odds), ranges, ranges + odds.shape[1]) - ranges
        same = self._rng(year, "same").random(size)[who] < self.economy.stay_in_sector
        sector = np.where(same, market.employers.sector[self.employer[who]], drawn)
        found = self.employer.copy()
        found[who] = market.employers.find(self._rng(year, "found").random(size)[who], sector, state[who])
        chance = self._rng(year, "wish").random(len(treated.person))
        wish = self.attached[: len(chance)] & (chance < self.economy.attached_finds)
        if self.awarded:
            since = treated.holds & (treated.award_year <= year)
            wish |= since & (chance < treated.pull)
            inside = self._inside()[: len(chance)]
            wish |= since & inside & (chance < treated.stays)
        offer = self._rng(year, "offer").random(len(chance))
        for number, own in enumerate(market.shortlists):
            mine = np.flatnonzero(wish & looking[: len(chance)] & (treated.industry == number))
            found[mine] = own.find(offer[mine], state[mine])
        return found

    def _inside(self) -> Bools:
        """Whether each learner's employer belongs to the industry of the learner's credential."""
        inside = np.zeros(len(self.who), dtype=np.bool_)
        for number, member in enumerate(self.market.members):
            mine = np.flatnonzero(self.treated.industry == number)
            inside[mine] = member[self.employer[mine]]
        return inside

    def _log_wage(self, year: int, age: Ints, state: Ints) -> Floats:
        economy, treated = self.economy, self.treated
        size, learners = len(self.who), len(treated.person)
        fresh = self._rng(year, "shock").normal(0.0, economy.year_spread, size)
        self.shock = economy.persistence * self.shock + fresh
        level = np.log(curve(economy.age_earnings, np.arange(0, 121)))[np.clip(age, 0, 120)]
        log = (
            level
            + self.base
            + self.shock
            + self._rng(year, "transitory").normal(0.0, economy.transitory_spread, size)
            + self.spread[state]
        )
        log += economy.real_growth * (year - economy.base_year) + economy.recession.get(year, 0.0)
        log += self.market.premium[self.market.employers.sector[self.employer]]
        away = year - treated.award_year
        dip = np.select([away == at for at in economy.dips], list(economy.dips.values()), 0.0)
        log[:learners] -= np.where(treated.holds, dip * treated.dip, 0.0)
        log[:learners] += np.where(self._inside()[:learners], treated.premium, 0.0)
        if self.awarded:
            ramp = np.clip(away / np.maximum(treated.years_to_full, 1), 0.0, 1.0)
            gain = ramp * (treated.direct + treated.further[:, year - economy.first_year])
            log[:learners] += np.where(treated.holds, gain, 0.0)
        return np.asarray(log)

    def _second_jobs(self, year: int, who: Ints, state: Ints) -> Ints:
        size = len(self.who)
        sector = pick(self._rng(year, "other"), self.market.odds[1, 1], size)[who]
        other = np.full(size, -1)
        other[who] = self.market.employers.find(
            self._rng(year, "second_employer").random(size)[who], sector, state[who]
        )
        return other

    def _year(self, year: int) -> Year:
        economy, size = self.economy, len(self.who)
        age = year - self.born
        state = self.people.addresses.state(self.people.home_on(self.who, first_of_year(np.full(size, year)) + 180))
        by_age = np.clip(age, 0, 120)
        start = curve(economy.start_working, np.arange(121))[by_age]
        stop = curve(economy.stop_working, np.arange(121))[by_age]
        leave = curve(economy.leave_job, np.arange(121))[by_age]
        starts = ~self.working & (self._rng(year, "starts").random(size) < start)
        changes = self.working & (self._rng(year, "changes").random(size) < leave)
        before = np.where(self.working, self.employer, -1)
        self.employer = self._new_jobs(year, starts | changes, state, (age < _YOUNG).astype(np.int64))
        self.working = self.working | starts
        stops = self.working & (self._rng(year, "stops").random(size) < stop)
        part = np.where(starts | stops, self._rng(year, "part").uniform(0.15, 1.0, size), 1.0)
        alive = (
            (self.dies == 0)
            | (year < self.dies)
            | ((year == self.dies) & self._rng(year, "dies").random(size).round().astype(np.bool_))
        )
        paid = self.working & alive & self._of_age(age) & ~self.uncovered
        earned = np.where(paid, np.exp(self._log_wage(year, age, state)) * part, 0.0)
        split = np.where(changes, self._rng(year, "split").uniform(0.0, 0.85, size), 0.0)
        second = paid & (self._rng(year, "second").random(size) < economy.second_job)
        other = self._second_jobs(year, np.flatnonzero(second), state)
        share = self._rng(year, "more").uniform(0.04, 0.3, size)
        more = np.where(second & (other != self.employer), earned * share, 0.0)
        begin, end = np.where(starts, 1 - part, 0.0), np.where(stops & ~starts, part, 1.0)
        main = np.where(paid, self.employer, -1)
        worked = Year(year, before, main, earned * split, earned * (1 - split), other, more, begin, end)
        self.working = self.working & ~stops
        return worked
