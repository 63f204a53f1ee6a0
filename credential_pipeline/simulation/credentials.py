"""Which credentials a learner earns, in which order, with which failures before: attempts, awards, renewals.

Stacks follow the registry: a credential that others stack to is earned by those who hold all of these. Not here: how a
certifier's file writes it (feeds.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.simulation.arrays import NEVER, Bools, Dates, Floats, Ints, Texts, pick, texts, years
from credential_pipeline.simulation.holders import Holders
from credential_pipeline.simulation.world import IndustryWorld

ATTEMPT, AWARD, RENEWAL = 0, 1, 2
#: After so many failures a retake has to wait two months.
_RETAKES = 3
EVENTS = ("attempt", "award", "renewal")


@dataclass(frozen=True)
class Catalogue:
    """All credentials of an industry in one list: certifier number, code, title, level; ``needs`` [c, c] of each."""

    certifiers: tuple[Certifier, ...]
    certifier: Ints
    code: Texts
    title: Texts
    needs: Bools
    weight: Floats
    completes: Floats
    examined: Bools


@dataclass(frozen=True)
class Events:
    """What happened, one entry an event: learner number, credential number, event code, passed (1, 0, -1 = no exam)."""

    learner: Ints
    credential: Ints
    event: Ints
    passed: Ints
    day: Dates
    expires: Dates

    def __len__(self) -> int:
        """Number of events."""
        return len(self.learner)


def catalogue(certifiers: Sequence[Certifier], world: IndustryWorld) -> Catalogue:
    """List the credentials of the certifiers; a certifier whose YAML lists none gets one."""
    rows = [
        (number, entry.code, entry.title, entry.level, entry.stacks_to)
        for number, certifier in enumerate(certifiers)
        for entry in certifier.credentials
    ]
    for number, certifier in enumerate(certifiers):
        if not certifier.credentials:
            rows.append((number, "CERT", certifier.name, 1, None))
    needs = np.array([[a[0] == b[0] and a[4] == b[1] for a in rows] for b in rows], dtype=np.bool_)
    own = [world.of(certifiers[row[0]].certifier) for row in rows]
    return Catalogue(
        certifiers=tuple(certifiers),
        certifier=np.array([row[0] for row in rows], dtype=np.int64),
        code=texts(row[1] for row in rows),
        title=texts(row[2] for row in rows),
        needs=needs,
        weight=np.array([it.popularity.get(row[1], 1.0 / row[3] ** 2) for row, it in zip(rows, own, strict=True)]),
        completes=np.array(
            [it.completes_stack.get(row[1], it.stack_default) for row, it in zip(rows, own, strict=True)]
        ),
        examined=np.array([row[1] not in it.without_exam for row, it in zip(rows, own, strict=True)], dtype=np.bool_),
    )


def _stack(held: Bools, shelf: Catalogue, luck: Floats) -> Bools:
    """Add the credentials whose needs are all held; twice, for stacks on stacks."""
    for _ in range(2):
        for target in np.flatnonzero(shelf.needs.any(axis=1)):
            ready = held[:, shelf.needs[target]].all(axis=1)
            held[:, target] |= ready & (luck[:, target] < shelf.completes[target])
    return held


def _earned(rng: np.random.Generator, shelf: Catalogue, allowed: Bools, mean: float) -> tuple[Bools, Ints]:
    """Held credentials [n, c] with ``mean`` awards a learner in all, and the order in which the others were taken up."""
    size, count = allowed.shape
    first_hand = ~shelf.needs.any(axis=1)
    gumbel = -np.log(-np.log(np.clip(rng.random((size, count)), 1e-12, 1 - 1e-12)))
    key = np.where(allowed & first_hand, np.log(np.maximum(shelf.weight, 1e-9)) + gumbel, -np.inf)
    order = np.argsort(np.argsort(-key, axis=1, kind="stable"), axis=1, kind="stable")
    luck, many = rng.random((size, count)), -np.log(np.clip(rng.random(size), 1e-12, 1))
    available = np.isfinite(key)

    def held_at(scale: float) -> Bools:
        taken = np.asarray(1 + np.floor(many * scale), dtype=np.int64)
        return _stack((order < taken[:, None]) & available, shelf, luck)

    low, high = 0.0, 40.0
    for _ in range(22):
        middle = (low + high) / 2
        if int(held_at(middle).sum()) < mean * size:
            low = middle
        else:
            high = middle
    return held_at(high), np.asarray(order)


def _spread(
    rng: np.random.Generator,
    held: Bools,
    order: Ints,
    shelf: Catalogue,
    first: Dates,
    last: np.datetime64,
    months: float,
) -> tuple[Ints, Ints, Dates]:
    """Days of the awards, in the order of taking up, stacked ones right after what they need; squeezed before ``last``."""
    depth = np.asarray(shelf.needs.any(axis=1), dtype=np.int64)
    rank = np.where(held, order, 10_000)
    for target in np.flatnonzero(depth):
        rank[:, target] = np.where(held[:, target], rank[:, shelf.needs[target]].max(axis=1), 10_000)
    learner, credential = np.nonzero(held)
    sequence = np.lexsort((credential, depth[credential], rank[learner, credential], learner))
    learner, credential = learner[sequence], credential[sequence]
    starts = np.concatenate(([True], learner[1:] != learner[:-1]))
    gap = np.minimum(rng.exponential(months * 30, len(learner)), 900)
    gap = np.where(~shelf.examined[credential], rng.integers(0, 21, len(learner)), gap)
    gap = np.where(starts, 0.0, gap)
    total = np.cumsum(gap)
    offset = total - np.repeat(total[starts], np.diff(np.append(np.flatnonzero(starts), len(learner))))
    room = np.maximum((last - first[learner]).astype(np.int64), 0)
    longest = np.zeros(len(first))
    np.maximum.at(longest, learner, offset)
    squeeze = np.minimum(1.0, room / np.maximum(longest[learner], 1.0))
    return learner, credential, first[learner] + np.floor(offset * squeeze).astype(np.int64).astype("timedelta64[D]")


def draw_events(rng: np.random.Generator, shelf: Catalogue, world: IndustryWorld, holders: Holders) -> Events:
    """Everything that the learners of one industry do.

    Args:
        rng: The stream of the industry.
        shelf: Its credentials.
        world: How its learners behave.
        holders: The learners; those who never pass have attempts only.
    """
    names = [certifier.certifier for certifier in shelf.certifiers]
    weights = [world.of(name).weight for name in names]
    main = pick(rng, weights, len(holders.person))
    second = np.where(rng.random(len(main)) < world.second_certifier, pick(rng, weights, len(main)), main)
    allowed = (shelf.certifier == main[:, None]) | (shelf.certifier == second[:, None])
    last = np.datetime64(f"{max(world.award_years)}-12-31")
    held, order = _earned(rng, shelf, allowed[: holders.holding], world.awards_per_learner)
    learner, credential, day = _spread(rng, held, order, shelf, holders.first_day, last, world.months_between_awards)
    awards = Events(
        learner,
        credential,
        np.full(len(learner), AWARD),
        np.where(shelf.examined[credential], 1, -1),
        day,
        _expiry(shelf, world, credential, day),
    )
    failing = np.arange(holders.holding, len(holders.person))
    extra = np.flatnonzero(rng.random(holders.holding) < world.further_failures)
    return _merge([
        awards,
        _failures_before(rng, shelf, world, awards),
        _only_failures(rng, shelf, world, allowed, held, np.concatenate([failing, extra]), holders),
        _renewals(rng, shelf, world, awards, last),
    ])  # fmt: skip


def _expiry(shelf: Catalogue, world: IndustryWorld, credential: Ints, day: Dates) -> Dates:
    valid = np.array([world.of(certifier.certifier).renewal_years for certifier in shelf.certifiers])
    length = valid[shelf.certifier[credential]]
    return np.where(length > 0, day + np.round(length * 365.25).astype(np.int64).astype("timedelta64[D]"), NEVER)


def _rates(shelf: Catalogue, world: IndustryWorld, credential: Ints) -> tuple[Floats, Floats]:
    own = [world.of(certifier.certifier) for certifier in shelf.certifiers]
    passes, retries = np.array([it.pass_rate for it in own]), np.array([it.retries for it in own])
    return passes[shelf.certifier[credential]], retries[shelf.certifier[credential]]


def _failures_before(rng: np.random.Generator, shelf: Catalogue, world: IndustryWorld, awards: Events) -> Events:
    """Failed sittings before an award; retake waits lengthen after the third."""
    passes, _ = _rates(shelf, world, awards.credential)
    failures = np.minimum(rng.geometric(passes) - 1, 5) * (awards.passed == 1)
    index = np.repeat(np.arange(len(awards)), failures)
    nth = np.arange(len(index)) - np.repeat(np.cumsum(failures) - failures, failures) + 1
    wait = nth * (15 + rng.integers(0, 30, len(index))) + np.where(nth > _RETAKES, 60, 0)
    day = awards.day[index] - wait.astype("timedelta64[D]")
    # The certifiers' records do not begin before the first award year.
    inside = np.flatnonzero(years(day) >= min(world.award_years))
    return _attempts(awards.learner[index[inside]], awards.credential[index[inside]], day[inside])


def _only_failures(
    rng: np.random.Generator,
    shelf: Catalogue,
    world: IndustryWorld,
    allowed: Bools,
    held: Bools,
    who: Ints,
    holders: Holders,
) -> Events:
    """Sittings of those who gave up: people without any award, and holders at one more credential."""
    own = np.zeros_like(allowed)
    own[: len(held)] = held
    weight = np.where(allowed[who] & ~own[who] & shelf.examined, shelf.weight, 0.0)
    who, weight = who[weight.sum(axis=1) > 0], weight[weight.sum(axis=1) > 0]
    cumulative = np.cumsum(weight, axis=1)
    credential = (cumulative < rng.random(len(who))[:, None] * cumulative[:, -1:]).sum(axis=1)
    _, retries = _rates(shelf, world, credential)
    times = np.minimum(rng.geometric(np.maximum(1 - retries, 0.2)), 4)
    start = holders.first_day[who] + rng.integers(0, 200, len(who)).astype("timedelta64[D]")
    index = np.repeat(np.arange(len(who)), times)
    nth = np.arange(len(index)) - np.repeat(np.cumsum(times) - times, times)
    day = start[index] + (nth * 40 + rng.integers(0, 20, len(index))).astype("timedelta64[D]")
    inside = np.flatnonzero(years(day) <= max(world.award_years))
    return _attempts(who[index[inside]], credential[index[inside]], day[inside])


def _attempts(learner: Ints, credential: Ints, day: Dates) -> Events:
    size = len(learner)
    return Events(
        learner, credential, np.full(size, ATTEMPT), np.zeros(size, dtype=np.int64), day, np.full(size, NEVER)
    )


def _renewals(
    rng: np.random.Generator, shelf: Catalogue, world: IndustryWorld, awards: Events, last: np.datetime64
) -> Events:
    renews = np.array([world.of(certifier.certifier).renews for certifier in shelf.certifiers])
    chosen = rng.random(len(awards)) < renews[shelf.certifier[awards.credential]]
    day = awards.expires - rng.integers(0, 90, len(awards)).astype("timedelta64[D]")
    who = np.flatnonzero(chosen & (day <= last) & ~np.isnat(awards.expires))
    return Events(
        awards.learner[who],
        awards.credential[who],
        np.full(len(who), RENEWAL),
        np.full(len(who), -1),
        day[who],
        _expiry(shelf, world, awards.credential[who], day[who]),
    )


def _merge(parts: Sequence[Events]) -> Events:
    """All events, sorted by day; ties by learner, credential and event."""
    columns = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("learner", "credential", "event", "passed", "day", "expires")
    ]
    learner, credential, event, passed, day, expires = columns
    order = np.lexsort((passed, event, credential, learner, day))
    return Events(learner[order], credential[order], event[order], passed[order], day[order], expires[order])
