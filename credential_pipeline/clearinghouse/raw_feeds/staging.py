"""One delivery into the stage: decoded, split, and what there is to say of it; a fault of the file leaves no row behind.

Not here: which deliveries there are (arrivals.py), and in which order they count (order.py).
"""

from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.agreed_lines import MISSING, take_agreed_lines
from credential_pipeline.clearinghouse.raw_feeds.decode import decode
from credential_pipeline.clearinghouse.raw_feeds.inbox import Delivery
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice
from credential_pipeline.clearinghouse.raw_feeds.rows import stage_rows
from credential_pipeline.clearinghouse.raw_feeds.stage import Stage


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


def stage_delivery(stage: Stage, file: Delivery, delivery: str, number: int) -> Reading:
    """Append the rows of a delivery to the stage.

    Args:
        stage: The stage of the sender.
        file: The file.
        delivery: What tables call it.
        number: Its number.
    """
    if file.content is None:
        return Reading(fault=file.fault, detail=file.detail)
    try:
        lines = decode(file.content, stage.certifier, file.name)
        staged = stage_rows(stage, lines, delivery, number)
    except FileFaultError as fault:
        return Reading(fault=fault.code, detail=fault.detail)
    agreed = take_agreed_lines(stage, number, stage.certifier.deliveries)
    return Reading(
        rows=staged.rows - agreed.taken,
        notices=(*lines.notices, *staged.notices),
        format=lines.format,
        encoding=lines.encoding,
        # The agreed line itself may lack its end: nothing of a row can be missing then.
        cut=staged.cut and agreed.rows in {None, MISSING},
        trailer=agreed.rows,
    )
