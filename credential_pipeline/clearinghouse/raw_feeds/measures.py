"""What can be counted of each delivery before anything is decided: its rows, why they cannot be used, and whom it repeats.

Not here: the fields of its rows (shares.py), and what the figures lead to (hold.py).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from credential_pipeline.clearinghouse.raw_feeds.contested import content_sql
from credential_pipeline.clearinghouse.raw_feeds.stage import Stage, of_delivery
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation


@dataclass(frozen=True)
class Measure:
    """Figures of one delivery.

    Attributes:
        rows: Physical data lines.
        usable: Rows that could go on, each by itself.
        reasons: Why others could not: code -> rows, the most frequent first.
        content: A number that is alike for deliveries with the same rows in any order; None if no other can have the same.
    """

    rows: int = 0
    usable: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    content: int | None = None


NOTHING = Measure()
_TOLD = 3
"""Reasons that a sentence names."""


def measure(con: Connection, stage: Stage, judged: Relation) -> dict[int, Measure]:
    """Count each delivery: its number -> its figures; one without rows has none.

    Args:
        con: Connection with the relations.
        stage: The staged rows.
        judged: What was found of each row by itself.
    """
    counted = con.execute(
        f"""
        SELECT number, count(*), count(*) FILTER (reason_code IS NULL), sum(CAST(hash(record_id) AS HUGEINT))
        FROM {judged} GROUP BY number
        """
    ).fetchall()
    told: dict[int, list[tuple[str, int]]] = {}
    for number, code, rows in con.execute(
        f"SELECT number, reason_code, count(*) AS n FROM {judged} WHERE reason_code IS NOT NULL GROUP BY ALL"
        " ORDER BY number, n DESC, reason_code"
    ).fetchall():
        told.setdefault(number, []).append((code, rows))
    likenesses = Counter((rows, ids) for _, rows, _, ids in counted)
    contents = _contents(con, stage, [number for number, rows, _, ids in counted if likenesses[rows, ids] > 1])
    return {
        number: Measure(rows, usable, tuple(told.get(number, ())), contents.get(number))
        for number, rows, usable, _ in counted
    }


def _contents(con: Connection, stage: Stage, numbers: Collection[int]) -> dict[int, int]:
    """Compare what deliveries hold that have as many rows and the same record ids; the others need no look at every value."""
    key = f"CASE WHEN reason_code IS NULL THEN {content_sql(stage.certifier)} ELSE hash(content) END"
    found: dict[int, int] = {}
    for number in numbers:
        query = f"SELECT sum(CAST(hash({key}) AS HUGEINT)) FROM {stage} WHERE {of_delivery(number)}"
        found[number] = int(con.execute(query).fetchall()[0][0])
    return found


@dataclass(frozen=True)
class RecordIds:
    """Asks for the record ids that deliveries share; only where something hangs on it, since it is a look at all rows."""

    con: Connection
    judged: Relation

    def known(self, number: int, others: Collection[int]) -> float:
        """The share of a delivery's usable rows whose record id stands in one of the others; 0 if it has no rows."""
        rows = self.con.execute(
            f"""
            SELECT avg(CAST(record_id IN (SELECT record_id FROM {self.judged} WHERE list_contains(?, number)
                AND reason_code IS NULL) AS INTEGER)) FROM {self.judged} WHERE number = ? AND reason_code IS NULL
            """,
            [sorted(others), number],
        ).fetchall()
        return float(rows[0][0] or 0.0)

    def missing(self, number: int, earlier: int) -> int:
        """How many record ids of an earlier delivery's usable rows do not stand in a later one."""
        rows = self.con.execute(
            f"""
            SELECT count(DISTINCT record_id) FROM {self.judged} WHERE number = ? AND reason_code IS NULL
            AND record_id NOT IN (SELECT record_id FROM {self.judged} WHERE number = ? AND record_id IS NOT NULL)
            """,
            [earlier, number],
        ).fetchall()
        return int(rows[0][0])


def median(values: Collection[int]) -> float:
    """The middle of some numbers, the mean of the two in the middle if they are even in number."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def told(reasons: Sequence[tuple[str, int]]) -> str:
    """The most frequent reasons with their numbers, for a sentence."""
    return ", ".join(f"{code} {rows:,}" for code, rows in reasons[:_TOLD])
