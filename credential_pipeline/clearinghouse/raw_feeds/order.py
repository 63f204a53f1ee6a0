"""In which order deliveries stand: by their sender's sequence, else by first sight, then by the files' own times. Never by name.

Where all of that is equal, a number that somebody wrote beside a file puts it after those without one, and in order among the others.

Not here: what the order leads to (decide.py).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from credential_pipeline.clearinghouse.raw_feeds.sights import Sight
from credential_pipeline.foundation.registry.deliveries import Deliveries

APART = 2
"""Seconds between two files' times from which the later file counts as later: some disks know even seconds only."""

Place = tuple[tuple[int, ...], int, int]
"""Sequence, look, and turn among the files of one look; equal places are equally late."""


def sequence_of(sight: Sight, agreed: Deliveries) -> tuple[int, ...] | None:
    """The sender's number of a delivery: what is said beside it goes before what is in its name."""
    return sight.said.sequence or agreed.sequence_in(sight.name)


def places(sights: Mapping[int, Sight], agreed: Deliveries, latest: Collection[int] = ()) -> dict[int, Place]:
    """The place of each delivery.

    The sender's sequence counts if it is agreed on, or if every delivery has one. What came back under its name is later than
    what lay there meanwhile.

    Args:
        sights: Number of a delivery -> its facts.
        agreed: What is agreed with the sender.
        latest: Numbers of those that lay last under their names.
    """
    numbered = {number: sequence_of(sight, agreed) for number, sight in sights.items()}
    counts = agreed.sequence is not None or all(numbered.values())
    turns = _turns(sights)
    found = {
        number: ((numbered[number] or ()) if counts else (), sight.look, turns[number])
        for number, sight in sights.items()
    }
    for number in latest:
        versions = [found[other] for other, sight in sights.items() if sight.name == sights[number].name]
        sequence, look, turn = max(versions)
        if found[number] < (sequence, look, turn):
            found[number] = (sequence, look, turn + 1)
    return found


def earlier(one: Place, other: Place) -> bool:
    """Whether a delivery was there at a look before another, or has a lower sequence: it belongs to the other's past."""
    return one[0] < other[0] if one[0] != other[0] else one[1] < other[1]


def _turns(sights: Mapping[int, Sight]) -> dict[int, int]:
    """Number of a delivery -> its turn among the files of its look: of files of about one time, what is said beside them decides."""
    turns: dict[int, int] = {}
    for look in {sight.look for sight in sights.values()}:
        together = {number: sight for number, sight in sights.items() if sight.look == look}
        times = sorted({sight.file_time for sight in together.values()})
        group = dict(zip(times, _grouped(times), strict=True))
        keys = {number: (group[sight.file_time], sight.said.sequence or ()) for number, sight in together.items()}
        turn_of = {key: turn for turn, key in enumerate(sorted(set(keys.values())))}
        turns |= {number: turn_of[key] for number, key in keys.items()}
    return turns


def _grouped(times: Sequence[int]) -> list[int]:
    turns = [0] if times else []
    for before, after in pairwise(times):
        turns.append(turns[-1] + (after - before >= APART))
    return turns
