"""What the command line says of deliveries that wait for a person, after a run and in ``status``, and of what nobody reads.

Not here: what people do about them (deliveries.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assets import environment
from credential_pipeline.foundation.contracts.raw_feeds import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.clearinghouse.raw_feeds.waiting import Listed
    from credential_pipeline.foundation.storage.engine import Connection


def waiting(industry: str) -> list[str]:
    """A line for every delivery of the current feeds that is refused or held, and one if their ledger has lost some.

    None if there are no feeds that can be read.
    """
    from credential_pipeline.clearinghouse.raw_feeds.waiting import told

    return [*_told(industry, told), *lost_ledger(industry)]


def lost_ledger(industry: str) -> list[str]:
    """A line if receipts.jsonl has lost deliveries that count; a run that reads feeds anew begins it anew, so ask before."""
    from credential_pipeline.clearinghouse.raw_feeds.sights import FILE
    from credential_pipeline.clearinghouse.raw_feeds.waiting import told_of_receipts

    receipts = environment.side_home(Side.CLEARINGHOUSE) / FILE
    return _told(industry, lambda con, name: told_of_receipts(con, receipts, name))


def _told(industry: str, tell: Callable[[Connection, str], list[str]]) -> list[str]:
    """What is to be said of the deliveries of the current feeds."""
    from assets.console.engine import connect, store

    try:
        version = store(Side.CLEARINGHOUSE).find(SNAPSHOT, industry)
        if version is None or "notices" not in version.manifest.tables:
            return []
        with connect(Side.CLEARINGHOUSE) as con:
            version.attach(con, tables=("deliveries",))
            return tell(con, industry)
    except (SafeError, PermissionError):
        return []  # Whoever reads the version for its own sake says what is wrong with it.


def passed_over(industry: str) -> list[str]:
    """A line for each place of the industry's inbox where something lies that nobody reads, unless no person put it there."""
    from credential_pipeline.clearinghouse.raw_feeds.inbox import overlooked
    from credential_pipeline.clearinghouse.raw_feeds.reasons import OVERLOOKED

    certifiers = environment.registry().industry(industry).certifiers
    found = overlooked(environment.side_home(Side.CLEARINGHOUSE) / "inbox", industry, certifiers)
    return [f"not read: {place}: {OVERLOOKED[code]}" for place, code in found if code != "JUNK"]


def deliveries(industry: str) -> list[Listed]:
    """Every delivery of the current feeds, or of the last attempt where nothing was published since.

    Raises:
        SafeError: E_NOT_PUBLISHED: the feeds were never read.
    """
    from assets.console.engine import connect, store
    from credential_pipeline.clearinghouse.raw_feeds.waiting import listed, with_reasons

    kept = store(Side.CLEARINGHOUSE)
    version = kept.attempt(SNAPSHOT, industry) or kept.current(SNAPSHOT, industry)
    with connect(Side.CLEARINGHOUSE) as con:
        version.attach(con, tables=("deliveries", "quarantine"))
        return with_reasons(con, listed(con))
