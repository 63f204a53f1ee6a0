"""What changes if another model is adopted: groups merged and split, links gained, lost and changed. Ids only.

Works on two tables of (row, group, target): profile, learner and student of linked_records, or extract row and
person key of person_keys. Not here: linking with either model, and printing.
"""

from dataclasses import dataclass

from credential_pipeline.foundation.storage.engine import Connection

CHANGES = {
    "merged": "learners that become one",
    "split": "learners that fall apart",
    "gained": "rows that gain a link",
    "lost": "rows that lose their link",
    "changed": "rows that are linked to another",
}
"""Kind of change -> in words."""

TABLE = "tmp_model_changes"
"""change, row, group_before, group_after, target_before, target_after: every change by id."""


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


def find_changes(con: Connection, before: str, after: str, examples: int = 5) -> tuple[Change, ...]:
    """Create :data:`TABLE` and count its kinds of change.

    Args:
        con: The connection.
        before: Table with row, group, target (NULL if not linked), one line per row.
        after: The same rows, linked with the other model.
        examples: How many ids to give of each kind.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {TABLE} AS
        WITH both_ AS (
            SELECT b.row, b."group" AS group_before, a."group" AS group_after,
                   b.target AS target_before, a.target AS target_after
            FROM {before} b JOIN {after} a USING (row)),
        merged AS (SELECT group_after FROM both_ GROUP BY ALL HAVING count(DISTINCT group_before) > 1),
        split AS (SELECT group_before FROM both_ GROUP BY ALL HAVING count(DISTINCT group_after) > 1)
        SELECT 'merged' AS change, * FROM both_ SEMI JOIN merged USING (group_after)
        UNION ALL BY NAME SELECT 'split' AS change, * FROM both_ SEMI JOIN split USING (group_before)
        UNION ALL BY NAME SELECT 'gained' AS change, * FROM both_ WHERE target_before IS NULL AND target_after IS NOT NULL
        UNION ALL BY NAME SELECT 'lost' AS change, * FROM both_ WHERE target_before IS NOT NULL AND target_after IS NULL
        UNION ALL BY NAME SELECT 'changed' AS change, * FROM both_ WHERE target_before <> target_after
        ORDER BY change, group_before, row
        """
    )
    found = []
    for kind in CHANGES:
        unit = "group_before" if kind in ("merged", "split") else "row"
        ids = [
            str(row[0])
            for row in con.execute(
                f"SELECT DISTINCT {unit} FROM {TABLE} WHERE change = ? ORDER BY 1", [kind]
            ).fetchall()
        ]
        found.append(Change(kind, len(ids), tuple(ids[:examples])))
    return tuple(found)
