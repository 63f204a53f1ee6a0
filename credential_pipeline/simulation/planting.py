"""Sends learners to the providers of planted programmes, so that each passes or fails what it should.

Not here: what became of them (programmes.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from credential_pipeline.simulation.arrays import NEVER, Bools, Dates, Ints, month_day, years
from credential_pipeline.simulation.credentials import AWARD, RENEWAL, Catalogue, Events
from credential_pipeline.simulation.schools import Schools, Training
from credential_pipeline.simulation.world import Programme

#: Award years, up to the last one, that a programme may be judged by.
MOST_YEARS = 4
_JULY = 7
_FAR = np.datetime64("2200-01-01")


@dataclass(frozen=True)
class Pairs:
    """Learners by credential [p]: first day at it, day of the award (NaT = none)."""

    learner: Ints
    credential: Ints
    begun: Dates
    awarded: Dates


def pairs_of(events: Events) -> Pairs:
    """Everything but renewals, by learner and credential."""
    rows = np.flatnonzero(events.event != RENEWAL)
    size = int(events.credential.max(initial=0)) + 1
    key = events.learner[rows] * size + events.credential[rows]
    pair, place = np.unique(key, return_inverse=True)
    begun = np.full(len(pair), _FAR)
    awarded = begun.copy()
    np.minimum.at(begun, place, events.day[rows])
    won = events.event[rows] == AWARD
    np.minimum.at(awarded, place[won], events.day[rows][won])
    awarded[awarded == _FAR] = NEVER
    return Pairs(pair // size, pair % size, begun, awarded)


def award_year(day: Dates) -> Ints:
    """The award year of each day, which begins in July and bears the number of the calendar year in which it begins."""
    return np.asarray(years(day) - (month_day(day) < 100 * _JULY))


@dataclass(frozen=True)
class Planted:
    """The planted programmes by school number and credential number, and learners whose work no wage file covers [n]."""

    programmes: dict[tuple[int, int], Programme]
    unseen: Bools


def _names(shelf: Catalogue) -> list[str]:
    return [f"{shelf.certifiers[c].certifier}/{code}" for c, code in zip(shelf.certifier, shelf.code, strict=True)]


def plant(
    rng: np.random.Generator,
    programmes: Sequence[Programme],
    schools: Schools,
    shelf: Catalogue,
    events: Events,
    birth: Dates,
    training: Training,
) -> tuple[Training, Planted]:
    """Send learners to the providers of the world's programmes.

    Args:
        rng: A stream of its own.
        programmes: What is planted; may be empty.
        schools: Institutions; each programme gets a two-year college.
        shelf: Credentials of the industry.
        events: What the learners do.
        birth: Birth date of each learner.
        training: Where each of them trained.

    Returns:
        Where they train now, and what was planted.
    """
    unseen = np.zeros(len(training.school), dtype=np.bool_)
    if not programmes:
        return training, Planted({}, unseen)
    pairs, last = pairs_of(events), int(years(events.day).max())
    kind = schools.sector_names.index("public_2yr") if "public_2yr" in schools.sector_names else 0
    providers = rng.choice(np.flatnonzero(schools.sector == kind), len(programmes), replace=False)
    moved, planted = training, dict[tuple[int, int], Programme]()
    free = np.ones(len(training.school), dtype=np.bool_)
    for programme, school in zip(programmes, providers.tolist(), strict=True):
        credential = _names(shelf).index(programme.credential)
        mine = _choose(rng, programme, pairs, credential, birth, free, last)
        free[mine] = False
        unseen[mine] = rng.random(len(mine)) < programme.unseen
        moved = _send(moved, mine, school, schools)
        planted[school, credential] = programme
    return moved, Planted(planted, unseen)


def _choose(
    rng: np.random.Generator, programme: Programme, pairs: Pairs, credential: int, birth: Dates, free: Bools, last: int
) -> Ints:
    """Learners of a programme: those who complete, and as many who do not as its rate asks for, or all there are."""
    own = (pairs.credential == credential) & free[pairs.learner]
    low, high = programme.ages
    age = years(pairs.begun) - years(birth[pairs.learner])
    age = age - (month_day(pairs.begun) < month_day(birth[pairs.learner]))
    # Of the last calendar year only the first half belongs to an award year that is over.
    late = [_between(day, last - MOST_YEARS, last - 1) for day in (pairs.awarded, pairs.begun)]
    won = np.flatnonzero(own & late[0] & (age >= low) & (age <= high))
    lost = np.flatnonzero(own & np.isnat(pairs.awarded) & late[1])
    completers = rng.permutation(won)[: programme.completers]
    others = round(len(completers) * (1 - programme.completion) / programme.completion)
    return np.asarray(pairs.learner[np.concatenate([completers, rng.permutation(lost)[:others]])])


def _between(day: Dates, first: int, last: int) -> Bools:
    """Whether days lie in the award years."""
    return np.asarray((award_year(day) >= first) & (award_year(day) <= last))


def _send(training: Training, learner: Ints, school: int, schools: Schools) -> Training:
    changed, provider, setting = training.school.copy(), training.provider.copy(), training.setting.copy()
    changed[learner], provider[learner] = school, schools.name[school]
    college = training.setting_names.index("noncredit") if "noncredit" in training.setting_names else 0
    setting[learner] = college
    return replace(training, setting=setting, school=changed, provider=provider)
