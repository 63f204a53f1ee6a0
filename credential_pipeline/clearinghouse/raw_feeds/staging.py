"""One delivery into the stage: decoded, split, and what there is to say of it; a fault of the file leaves no row behind.

Not here: which deliveries there are and in which order they count (read.py).
"""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.decode import decode
from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.rows import of_delivery, stage_rows
from credential_pipeline.foundation.registry.feeds import Certifier
from credential_pipeline.foundation.storage.relation import Relation, Scratch


@dataclass(frozen=True)
class Reading:
    """How the reading of a file went.

    Attributes:
        rows: Number of its rows, blank lines not counted.
        fault: Key of FILE_REASONS, or None.
        detail: What else is to say of the fault; safe to show.
        notices: What was mended or passed over.
        format: How it was read; "" if it was not.
        encoding: In which encoding; "" if it has none.
    """

    rows: int = 0
    fault: str | None = None
    detail: str = ""
    notices: tuple[Notice, ...] = ()
    format: str = ""
    encoding: str = ""


def stage_delivery(work: Scratch, stage: Relation, certifier: Certifier, delivery: Delivery, number: int) -> Reading:
    """Append the rows of a delivery to the stage.

    Args:
        work: Makes relations in the stage's connection.
        stage: The certifier's stage.
        certifier: Whose file it is.
        delivery: The file.
        number: Its place in the order of deliveries.
    """
    if delivery.content is None:
        return Reading(fault=delivery.fault, detail=delivery.detail)
    try:
        lines = decode(delivery.content, certifier, delivery.name)
        rows, notices = stage_rows(work, stage, lines, delivery.name, number, certifier)
    except FileFaultError as fault:
        work.con.execute(f"DELETE FROM {stage} WHERE {of_delivery(number)}")
        return Reading(fault=fault.code, detail=fault.detail)
    return Reading(rows, None, "", (*lines.notices, *notices), lines.format, lines.encoding)
