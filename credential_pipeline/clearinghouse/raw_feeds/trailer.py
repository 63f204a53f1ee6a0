"""The last line of a file where sender and steward agreed that it is no row but says how many rows there are."""

import re
from dataclasses import replace
from typing import Any

from credential_pipeline.clearinghouse.raw_feeds.decode import Lines

MISSING = -1
"""Stands for the number where the agreed line is not there."""


def without_trailer(lines: Lines, pattern: str | None) -> tuple[Lines, int | None]:
    """Take the agreed line off; return the rest and the number of rows that it speaks of.

    Args:
        lines: The decoded file.
        pattern: What the line looks like, the number in parentheses; None if none was agreed on.
    """
    if pattern is None:
        return lines, None
    last = len(lines.body) - 1
    while last >= 0 and not _text(lines.body[last]).strip():
        last -= 1
    found = re.search(pattern, _text(lines.body[last])) if last >= 0 else None
    if found is None:
        return lines, MISSING
    digits = re.sub(r"\D", "", found.group(1) or "")
    # The line itself may lack its end: nothing of a row can be missing then.
    return replace(lines, body=lines.body[:last], cut=False), int(digits) if digits else MISSING


def _text(value: Any) -> str:
    return str(value.as_py())
