"""The last line of a file where sender and steward agreed that it is no row but says how many rows there are."""

import re
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.stage import Stage, of_delivery

MISSING: Final = -1
"""Stands for the number where the agreed line is not there."""


def take_trailer(stage: Stage, number: int, pattern: str | None) -> int | None:
    """Take the agreed line out of the stage; return the number of rows that it speaks of, None if none was agreed on.

    Args:
        stage: The stage of the sender.
        number: Number of the delivery.
        pattern: What the line looks like, the number in parentheses; None if none was agreed on.
    """
    if pattern is None:
        return None
    last = f"SELECT max(place) FROM {stage} WHERE {of_delivery(number)}"
    rows = stage.work.con.execute(f"SELECT place, content FROM {stage} WHERE place = ({last})").fetchall()
    found = re.search(pattern, rows[0][1]) if rows else None
    if found is None:
        return MISSING
    digits = re.sub(r"\D", "", found.group(1) or "")
    if not digits:
        return MISSING
    stage.leave_out(rows[0][0])
    return int(digits)
