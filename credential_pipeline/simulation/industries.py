"""One simulated industry: its learners, what they earn, where they train, and its certifiers' files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.simulation.accounts import Accounts, open_accounts
from credential_pipeline.simulation.arrays import Ints, Streams
from credential_pipeline.simulation.credentials import Catalogue, Events, catalogue, draw_events
from credential_pipeline.simulation.feeds import Delivered, deliver, reported, select
from credential_pipeline.simulation.holders import Holders, Plan, choose_holders
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.planting import Planted, plant
from credential_pipeline.simulation.schools import Schools, Training, draw_training
from credential_pipeline.simulation.world import IndustryWorld, World


@dataclass(frozen=True)
class Feed:
    """One certifier's files and accounts."""

    certifier: Certifier
    accounts: Accounts
    delivered: Delivered


@dataclass(frozen=True)
class SimulatedIndustry:
    """One simulated industry; ``feeds`` is empty until they are written."""

    name: str
    world: IndustryWorld
    holders: Holders
    shelf: Catalogue
    events: Events
    training: Training
    planted: Planted
    feeds: tuple[Feed, ...] = ()


def settle(
    streams: Streams,
    name: str,
    certifiers: Sequence[Certifier],
    people: People,
    schools: Schools,
    own: IndustryWorld,
    plan: tuple[Plan, int],
    world: World,
    taken: Ints,
) -> SimulatedIndustry:
    """Find the learners of an industry and draw everything that they do; ``taken`` learn in another industry."""
    shelf = catalogue(certifiers, own)
    holders = choose_holders(streams("holders", name), people, *plan, own, world.population, taken)
    events = draw_events(streams("credentials", name), shelf, own, holders)
    state = people.addresses.state(people.home_on(holders.person, holders.first_day))
    training = draw_training(streams("training", name), schools, own.settings, own.two_year_college, state)
    rng = streams("programmes", name)
    training, planted = plant(rng, own.programmes, schools, shelf, events, people.birth[holders.person], training)
    return SimulatedIndustry(name, own, holders, shelf, events, training, planted)


def write_feeds(
    streams: Streams, folder: Path, industry: SimulatedIndustry, people: People, schools: Schools
) -> SimulatedIndustry:
    """Write the deliveries of every certifier into ``folder/<certifier>/``."""
    feeds = []
    for certifier in industry.shelf.certifiers:
        own = industry.world.of(certifier.certifier)
        said, result = reported(certifier, industry.shelf, industry.events)
        which = np.flatnonzero(said)
        rows = select(industry.events, which)
        name = (industry.name, certifier.certifier)
        accounts = open_accounts(streams, name, people, industry.holders.person, rows, own)
        delivered = deliver(
            streams("files", *name),
            folder / certifier.certifier,
            certifier,
            industry.shelf,
            rows,
            result[which],
            accounts,
            industry.training,
            schools,
            own.delivery,
        )
        feeds.append(Feed(certifier, accounts, delivered))
    return replace(industry, feeds=tuple(feeds))
