"""What changes if another model is adopted: groups merged and split, links gained, lost and changed. Ids only.

Works on two tables of (row, group, target): profile, learner and student of linked_records, or extract row and
person key of person_keys. Not here: linking with either model, and printing.
"""

from dataclasses import dataclass

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch
from credential_pipeline.foundation.storage.sql import statement

CHANGES = {
    "merged": "learners that become one",
    "split": "learners that fall apart",
    "gained": "rows that gain a link",
    "lost": "rows that lose their link",
    "changed": "rows that are linked to another",
}
"""Kind of change -> in words."""


@dataclass(frozen=True)
class Change:
    """One kind of change.

    Attributes:
        kind: Out of :data:`CHANGES`.
        number: How many learners (merged, split) or rows.
        examples: Some of the ids, in order: learners before (merged, split) or rows.
    """

    kind: str
    number: int
    examples: tuple[str, ...]


def list_changes(work: Scratch, before: Relation, after: Relation) -> Relation:
    """Every change by id.

    Args:
        work: Makes the relation.
        before: row, group, target (NULL if not linked), one line per row.
        after: The same rows, linked with the other model.

    Returns:
        change, row, group_before, group_after, target_before, target_after.
    """
    return work.table("changes", statement(__package__, "changes.sql", before=before, after=after))


def count_changes(con: Connection, changes: Relation, examples: int = 5) -> tuple[Change, ...]:
    """Count the kinds of change.

    Args:
        con: The connection.
        changes: As :func:`list_changes` gives them.
        examples: How many ids to give of each kind.
    """
    found = []
    for kind in CHANGES:
        unit = "group_before" if kind in ("merged", "split") else "row"
        ids = [
            str(row[0])
            for row in con.execute(
                f"SELECT DISTINCT {unit} FROM {changes} WHERE change = ? ORDER BY 1", [kind]
            ).fetchall()
        ]
        found.append(Change(kind, len(ids), tuple(ids[:examples])))
    return tuple(found)
