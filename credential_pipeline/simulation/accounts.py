"""What a certifier stores of its learners: one identity each, sometimes a second one, with the sender's own errors.

Not here: rows and files (feeds.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import Bools, Dates, Ints, Streams, Texts, texts
from credential_pipeline.simulation.credentials import Events
from credential_pipeline.simulation.faults import write
from credential_pipeline.simulation.identity import Identity, identities
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.world import CertifierWorld


@dataclass(frozen=True)
class Accounts:
    """Identities of one certifier [m], the sender's person numbers, opt-outs, and the identity of each event row [r]."""

    identity: Identity
    reference: Texts
    blocked: Bools
    of_row: Ints


def open_accounts(
    streams: Streams, name: tuple[str, str], people: People, person: Ints, rows: Events, world: CertifierWorld
) -> Accounts:
    """Give every learner of the certifier an identity, taken at the first event, and some a second one later.

    Args:
        streams: Named streams of the world.
        name: Industry and certifier, which name the streams.
        people: Everybody.
        person: Person number by learner number.
        rows: The certifier's events.
        world: How the certifier errs.
    """
    rng = streams("accounts", *name)
    learner, row_learner = np.unique(rows.learner, return_inverse=True)
    size = len(learner)
    first = np.full(size, np.datetime64("2200-01-01"))
    np.minimum.at(first, row_learner, rows.day)
    second = np.flatnonzero(rng.random(size) < world.delivery.second_identity)
    from_day = first[second] + rng.integers(1, 700, len(second)).astype("timedelta64[D]")
    who = person[np.concatenate([learner, learner[second]])]
    taken: Dates = np.concatenate([first, from_day])
    correct = identities(people, streams.seed, who, taken)
    stored = write(streams("faults", *name), people, correct, world.faults)
    number = 100_000 + rng.permutation(10 * (size + len(second)) + 10)[: size + len(second)]
    keeps = rng.random(len(second)) < world.delivery.same_account
    number[size:][keeps] = number[second[keeps]]
    blocked = rng.random(size) < world.blocked
    later = np.full(size, -1)
    later[second] = size + np.arange(len(second))
    uses = (later[row_learner] >= 0) & (rows.day >= taken[np.maximum(later[row_learner], 0)])
    return Accounts(
        identity=stored,
        reference=texts(map(str, number.tolist())),
        blocked=np.concatenate([blocked, blocked[second]]),
        of_row=np.where(uses, later[row_learner], row_learner),
    )
