"""One delivery into the stage: decoded, split, and what there is to say of it; a fault of the file leaves no row behind.

Not here: which deliveries there are and in which order they count (read.py).
"""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.decode import decode
from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.rows import of_delivery, stage_rows
from credential_pipeline.clearinghouse.raw_feeds.trailer import MISSING, take_trailer
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
        cut: It does not end in a line end.
        trailer: Rows that its last line speaks of; None if none was agreed on, -1 if the agreed line is missing.
    """

    rows: int = 0
    fault: str | None = None
    detail: str = ""
    notices: tuple[Notice, ...] = ()
    format: str = ""
    encoding: str = ""
    cut: bool = False
    trailer: int | None = None


def stage_delivery(
    work: Scratch, stage: Relation, certifier: Certifier, file: Delivery, delivery: str, number: int
) -> Reading:
    """Append the rows of a delivery to the stage.

    Args:
        work: Makes relations in the stage's connection.
        stage: The certifier's stage.
        certifier: Whose file it is.
        file: The file.
        delivery: What tables call it.
        number: Its number.
    """
    if file.content is None:
        return Reading(fault=file.fault, detail=file.detail)
    try:
        lines = decode(file.content, certifier, file.name)
        staged = stage_rows(work, stage, lines, delivery, number, certifier)
    except FileFaultError as fault:
        work.con.execute(f"DELETE FROM {stage} WHERE {of_delivery(number)}")
        return Reading(fault=fault.code, detail=fault.detail)
    trailer = take_trailer(work, stage, number, certifier.deliveries.trailer)
    told = trailer not in {None, MISSING}
    return Reading(
        rows=staged.rows - told,
        notices=(*lines.notices, *staged.notices),
        format=lines.format,
        encoding=lines.encoding,
        # The agreed line itself may lack its end: nothing of a row can be missing then.
        cut=staged.cut and not told,
        trailer=trailer,
    )
