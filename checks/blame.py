"""What broke a rule: files, certifiers, figures, tables and columns, so that a steward knows where to look.

Only names that are nobody's are shown; a delivery whose file name may hold somebody's is told by its id. Which columns hold such names is said in rule.py. Not here: the verdict itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from checks.rule import Rule
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.file_names import delivery_id_sql, is_plain
from credential_pipeline.foundation.storage.engine import Connection

MOST = 5
"""Names that are shown; the rest is counted."""
LONGEST = 120
"""Characters of a name that are shown; senders choose the names of their files."""
_TABLE = re.compile(r'\b([a-z_]+)\."?([a-z_]+)"?')


@dataclass(frozen=True)
class Blame:
    """What broke a rule.

    Attributes:
        named: Name and number of bad rows, the worst first, at most :data:`MOST`.
        more: How many further names there are.
        columns: ``snapshot.table.column`` of what the rule looks at; ``snapshot.table`` where it counts rows only.
    """

    named: tuple[tuple[str, int], ...] = ()
    more: int = 0
    columns: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """One phrase: the names with their numbers, or else the columns."""
        shown = [f"{name} ({number:,})" for name, number in self.named] or list(self.columns[:MOST])
        more = self.more or max(0, len(self.columns) - MOST) * (not self.named)
        return ", ".join(shown) + (f" and {more:,} more" if more else "")


NOBODY = Blame()


def find(con: Connection, rule: Rule) -> Blame:
    """Ask a broken rule what broke it; a question that fails names columns only.

    Args:
        con: Connection in which the rule was judged.
        rule: The rule.
    """
    rows: Sequence[tuple[str, int]] = ()
    if rule.blame:
        try:
            blamed = f"({rule.blame}) AS blamed(label, n)"
            query = f"SELECT label, CAST(n AS BIGINT) FROM {blamed} WHERE n > 0 ORDER BY n DESC, label"
            rows = con.execute(query).fetchall()
        except duckdb.Error:
            rows = ()
    told = _without_file_names(con, [str(label) for label, _ in rows[:MOST]]) if "delivery" in rule.blame else {}
    named = tuple((safe(told.get(str(label), label)), int(number)) for label, number in rows[:MOST])
    return Blame(named, len(rows) - len(named), columns_of(rule))


def _without_file_names(con: Connection, labels: Sequence[str]) -> dict[str, str]:
    """Labels ``certifier/file name`` in which a file name that may hold somebody's gives way to the delivery's id."""
    told = {}
    for label in labels:
        certifier, _, name = label.partition("/")
        if name and not is_plain(name, certifier):
            told[label] = f"{certifier}/[{_delivery_id(con, certifier, name)}]"
    return told


def _delivery_id(con: Connection, certifier: str, name: str) -> str:
    try:
        ids = f"SELECT certifier, delivery, {delivery_id_sql('d')} AS id FROM raw_feeds.deliveries AS d"
        query = f"SELECT id FROM ({ids}) WHERE certifier = ? AND delivery = ?"
        found = con.execute(query, [certifier, name]).fetchall()
    except duckdb.Error:
        found = []
    return str(found[0][0]) if found and found[0][0] else "a delivery"


def safe(name: str) -> str:
    """A name as it may stand in a log line and on a page: one line, printable, not too long."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in str(name))
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns of contracts that a rule's query mentions, by their tables; tables of which it mentions none."""
    rest = _TABLE.sub(lambda found: "" if found[1] in SNAPSHOTS else found[0], rule.query)
    words = set(re.findall(r"[a-z_]+", rest))
    found = []
    for snapshot, name in dict.fromkeys(_TABLE.findall(rule.query)):
        table = next((one for one in SNAPSHOTS.get(snapshot, ()) if one.name == name), None)
        mentioned = [column for column in table.column_names if column in words] if table else []
        if snapshot in SNAPSHOTS:
            found += [f"{snapshot}.{name}.{column}" for column in mentioned] or [f"{snapshot}.{name}"]
    return tuple(found)
