"""Reads deliveries one after the other into the stage; a file that cannot be read as a whole is noted with its code.

Not here: what its rows are worth (judge.py).
"""

from dataclasses import dataclass, field
from pathlib import Path

from credential_pipeline.clearinghouse.raw_feeds.archive import archive_delivery
from credential_pipeline.clearinghouse.raw_feeds.arrivals import Arrival
from credential_pipeline.clearinghouse.raw_feeds.hold import Told
from credential_pipeline.clearinghouse.raw_feeds.staging import Reading, stage_delivery
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch


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


def put_down(
    work: Scratch, stage: Relation, certifier: Certifier, arrival: Arrival, archive: Path | None, pile: Pile
) -> None:
    """Stage the rows of a delivery, or note why it cannot be read; keep its bytes.

    Args:
        work: Makes relations in the stage's connection.
        stage: As ``create_stage`` made it.
        certifier: Whose delivery.
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
    reading = stage_delivery(work, stage, certifier, file, arrival.delivery, number)
    if reading.fault is not None:
        pile.faults[number] = (reading.fault, reading.detail)
        return
    pile.told[number] = Told(reading.cut, reading.trailer)
    pile.readings[number] = reading
