"""The categories of the last release, which the next one keeps where it can.

Reads the published file only. Not here: what is done with them (ladder.py).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.sql import text_of


@dataclass(frozen=True)
class Earlier:
    """What the last release told apart.

    Attributes:
        labels: (dimension, within what) to the labels; None if there is no earlier release.
    """

    labels: dict[tuple[str, str], frozenset[str]] | None = field(default=None)

    def of(self, dimension: str, within: str = "") -> frozenset[str] | None:
        """The labels of a dimension, for credentials within a certifier; None if there is no earlier release."""
        return None if self.labels is None else self.labels.get((dimension, within), frozenset())


def read_earlier(con: Connection, file: Path | None, industry: str) -> Earlier:
    """Read the categories of an earlier release.

    Args:
        con: Any connection.
        file: Its ``outcomes.csv``; None if there is none.
        industry: The industry whose cells count.
    """
    if file is None:
        return Earlier()
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    values = {"file": str(file), "industry": industry}
    for dimension, within, label in con.execute(text_of(__package__, "earlier_labels.sql"), values).fetchall():
        found[dimension, within].add(label)
    return Earlier({key: frozenset(labels) for key, labels in found.items()})
