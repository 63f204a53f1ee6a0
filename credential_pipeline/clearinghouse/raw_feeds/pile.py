"""Reads deliveries one after the other into the stage; a file that cannot be read as a whole is noted with its code.

Not here: what its rows are worth (judge.py).
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.archive import archive_delivery
from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival
from credential_pipeline.clearinghouse.raw_feeds.hold import Told
from credential_pipeline.clearinghouse.raw_feeds.order import Place, places, sequence_of
from credential_pipeline.clearinghouse.raw_feeds.stage import Stage
from credential_pipeline.clearinghouse.raw_feeds.staging import Reading, stage_delivery
from credential_pipeline.foundation.registry.deliveries import Deliveries


@dataclass
class Pile:
    """The deliveries of a certifier that were read, by number.

    Attributes:
        arrivals: All of them, without their bytes.
        faults: Code of FILE_REASONS and words, for those that cannot be read.
        told: What the others say of themselves.
        readings: How the reading of the others went.
    """

    arrivals: dict[int, Arrival] = field(default_factory=dict)
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)
    told: dict[int, Told] = field(default_factory=dict)
    readings: dict[int, Reading] = field(default_factory=dict)

    def places(self, agreed: Deliveries) -> dict[int, Place]:
        """The order of the deliveries."""
        latest = [number for number, one in self.arrivals.items() if one.latest and one.known_as is None]
        return places({number: one.sight for number, one in self.arrivals.items()}, agreed, latest)


def put_down(stage: Stage, arrival: Arrival, archive: Path | None, pile: Pile) -> None:
    """Stage the rows of a delivery, or note why it cannot be read; keep its bytes.

    Args:
        stage: The stage of its sender.
        arrival: The delivery.
        archive: Folder for its bytes; None to keep nothing.
        pile: Where it is noted.
    """
    file, number = arrival.file, arrival.number
    pile.arrivals[number] = arrival.without_bytes()
    if arrival.known_as is not None:
        return
    if archive is not None and file.content is not None and not arrival.growing:
        archive_delivery(archive, file.sha256, file.content)
    reading = stage_delivery(stage, file, arrival.delivery, number)
    if reading.fault is not None:
        pile.faults[number] = (reading.fault, reading.detail)
        return
    pile.told[number] = Told(reading.cut, reading.trailer)
    pile.readings[number] = reading


def name_after_the_first(stage: Stage, pile: Pile) -> None:
    """Of names with the same bytes let the one with the lowest number of its sender stand for them, not the one that came first."""
    for number, copy in list(pile.arrivals.items()):
        if copy.known_as is None:
            continue
        first = pile.arrivals[copy.known_as]
        numbers = [sequence_of(one.sight, stage.certifier.deliveries) for one in (first, copy)]
        if numbers[0] is None or numbers[1] is None or numbers[0] <= numbers[1]:
            continue
        called = tuple(dict.fromkeys([*first.names, *copy.names]))
        pile.arrivals[first.number] = replace(first, delivery=copy.delivery, sight=copy.sight, names=called)
        pile.arrivals[number] = replace(copy, delivery=first.delivery, sight=first.sight)
        stage.rename({first.number: copy.delivery})
