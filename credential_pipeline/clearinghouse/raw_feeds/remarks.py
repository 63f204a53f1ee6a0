"""What is remarked on in a delivery that goes on all the same: right as it may be, somebody should ask its sender.

Not here: what makes a delivery wait (hold_fields.py).
"""

from collections.abc import Iterator, Sequence

from credential_pipeline.clearinghouse.raw_feeds.hold_fields import Fields
from credential_pipeline.clearinghouse.raw_feeds.hold_size import ENOUGH

LONG_AGO = 3
"""Years before all of the sender's others from which events may be of a wrong year; a file that comes late is a year late, or two."""
_DAYS = 365.25


def old(fields: Fields, others: Sequence[Fields]) -> Iterator[tuple[str, str]]:
    """Events that are years older than those of each of the sender's others: a backlog, or wrong years."""
    mine = fields["event_date"].middle if "event_date" in fields else None
    theirs = [one["event_date"].middle for one in others if "event_date" in one]
    days = [day for day in theirs if day is not None]
    if mine is None or len(days) < ENOUGH or (min(days) - mine).days <= LONG_AGO * _DAYS:
        return
    years = f"{min(days).year}" if min(days).year == max(days).year else f"{min(days).year} to {max(days).year}"
    yield "EVENTS_LONG_AGO", f"they are of about {mine.year}, those of the others of about {years}"
