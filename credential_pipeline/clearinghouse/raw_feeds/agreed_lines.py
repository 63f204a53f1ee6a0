"""The first and the last line of a file where sender and steward agreed that they are no rows; the last says how many there are."""

import re
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.stage import LINES_PER_FILE, Stage, of_delivery
from credential_pipeline.foundation.registry.deliveries import RECORDS, Deliveries

MISSING: Final = -1
"""Stands for the number where the agreed last line is not there."""


@dataclass(frozen=True)
class AgreedLines:
    """What was taken out of the stage.

    Attributes:
        taken: How many lines.
        rows: Rows of which the last line speaks; None if none was agreed on, :data:`MISSING` if the agreed line is missing.
    """

    taken: int
    rows: int | None


def take_agreed_lines(stage: Stage, number: int, agreed: Deliveries) -> AgreedLines:
    """Take the agreed lines out of the stage, and read what the last one says.

    Args:
        stage: The stage of the sender.
        number: Number of the delivery.
        agreed: What was agreed on with the sender.
    """
    taken = 0
    if agreed.header_record is not None:
        first = _line(stage, number, "min")
        if first is not None and re.search(agreed.header_record, first[1]):
            stage.leave_out(first[0])
            taken += 1
    if agreed.trailer is None:
        return AgreedLines(taken, None)
    last = _line(stage, number, "max")
    found = re.search(agreed.trailer, last[1]) if last is not None else None
    digits = re.sub(r"\D", "", found.group(1) or "") if found is not None else ""
    if last is None or not digits:
        return AgreedLines(taken, MISSING)
    stage.leave_out(last[0])
    said = int(digits)
    if agreed.trailer_counts == RECORDS:
        # Of as many lines as stand before it, itself included, these are no rows.
        said -= last[0] % LINES_PER_FILE - _rows(stage, number)
    return AgreedLines(taken + 1, max(said, 0))


def _line(stage: Stage, number: int, which: str) -> tuple[int, str] | None:
    place = f"SELECT {which}(place) FROM {stage} WHERE {of_delivery(number)}"
    found = stage.work.con.execute(f"SELECT place, content FROM {stage} WHERE place = ({place})").fetchall()
    return (int(found[0][0]), found[0][1]) if found else None


def _rows(stage: Stage, number: int) -> int:
    return int(stage.work.con.execute(f"SELECT count(*) FROM {stage} WHERE {of_delivery(number)}").fetchall()[0][0])
