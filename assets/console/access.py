"""Who looked into confidential tables by hand: a line in the side's own ledger for every shell and every export.

Account, time, command and tables; never what was seen, nor the words of a query, which may name a person.
"""

import datetime
import getpass
from collections.abc import Sequence
from pathlib import Path

from assets import environment
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage.chain import Chain


def chain(home: Path) -> Chain:
    """The ledger of a side."""
    return Chain(home, home / "access.jsonl", "access")


def record(side: Side, command: str, tables: Sequence[str]) -> None:
    """Write down an access, before it happens; what is public needs no line.

    Raises:
        SafeError: The ledger is not whole, or can't be written: then nobody looks.
    """
    if side is not Side.PUBLIC:
        facts = {"account": account(), "command": command, "tables": sorted(tables)}
        chain(environment.side_home(side)).append("access", facts, datetime.datetime.now(datetime.UTC))


def account() -> str:
    """The account that runs this."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return "unknown"
