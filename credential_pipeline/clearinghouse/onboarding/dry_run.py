"""A dry run: the file goes through the steps of raw_feeds as if the proposal were in force, and nothing is kept.

Told are counts, reasons and line numbers. Not here: what is proposed (propose.py).
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from credential_pipeline.clearinghouse.raw_feeds.inbox import ENDINGS
from credential_pipeline.clearinghouse.raw_feeds.read import read_feeds
from credential_pipeline.foundation.registry.explain import problems
from credential_pipeline.foundation.registry.feeds import Certifier, Feed
from credential_pipeline.foundation.registry.load import Registry
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.engine import Connection

_INDUSTRY: Final = "trial"
_LINES: Final = 5


@dataclass(frozen=True)
class Trial:
    """What came of a dry run.

    Attributes:
        rows: Rows in the file.
        accepted: Rows that would go on.
        duplicates: Rows that repeat another one.
        set_aside: Reason -> number of rows and the first of their lines.
        refused: Reason why the whole file would be refused or wait, or the proposal can't be tried; empty if none.
    """

    rows: int
    accepted: int
    duplicates: int
    set_aside: Mapping[str, tuple[int, tuple[int, ...]]]
    refused: str = ""


def try_out(con: Connection, document: dict[str, Any], file: Path) -> Trial:
    """Read a file with a proposed certifier.

    Args:
        con: A connection of its own.
        document: The certifier as YAML would load it.
        file: The file.
    """
    try:
        certifier = Certifier.model_validate(document)
    except ValidationError as error:
        return Trial(0, 0, 0, {}, "; ".join(problem.text for problem in problems(error, Certifier)))
    name = certifier.certifier
    industry = Industry.model_validate({"industry": _INDUSTRY, "name": "Trial", "naics": ["11"], "certifiers": [name]})
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder)
        (inbox / _INDUSTRY / name).mkdir(parents=True)
        (inbox / _INDUSTRY / name / f"file{ending(file, certifier.feed)}").write_bytes(file.read_bytes())
        con.execute("CREATE SCHEMA IF NOT EXISTS raw_feeds")
        read_feeds(con, inbox, _INDUSTRY, Registry({_INDUSTRY: industry}, {name: certifier}))
    return _counted(con)


def ending(file: Path, feed: Feed) -> str:
    """The ending of a file's name if the inbox takes it, else one that it takes."""
    known = ENDINGS[feed.format]
    return next((one for one in known if file.name.lower().endswith(one)), known[0])


def _counted(con: Connection) -> Trial:
    rows, accepted, duplicates, refused = con.execute(
        "SELECT sum(rows_in), sum(rows_accepted), sum(rows_duplicate), max(reason_code) FROM raw_feeds.deliveries"
    ).fetchall()[0]
    reasons = con.execute(
        """
        SELECT reason_code, count(*) AS n, list_sort(list(line))[:$most] FROM raw_feeds.quarantine
        GROUP BY reason_code ORDER BY n DESC, reason_code
        """,
        {"most": _LINES},
    ).fetchall()
    set_aside = {reason: (int(number), tuple(lines)) for reason, number, lines in reasons}
    return Trial(int(rows), int(accepted), int(duplicates), set_aside, refused or "")
