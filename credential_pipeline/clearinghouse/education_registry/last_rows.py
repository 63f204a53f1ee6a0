"""Whether the registry still holds what its last version held: half of it gone is a file that was forgotten, until a person says not.

Not here: those who opted out (blocks.py), ids that give way to others (duplicates).
"""

from typing import Final

from credential_pipeline.clearinghouse.education_registry.blocks import BEFORE
from credential_pipeline.clearinghouse.last_whole import LastWhole, last_whole, note_loss
from credential_pipeline.foundation.contracts.education_registry import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store

COMPARED: Final = ("persons", "enrollments", "degrees")


def compare_rows(con: Connection, store: Store, *, accepted: bool) -> None:
    """Let the gate see how many rows the last whole version had: ``previous_education_registry.row_counts`` (table, rows).

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        accepted: A person said that a smaller registry is right; nothing is compared then.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {BEFORE}")
    con.execute(f'CREATE OR REPLACE TABLE {BEFORE}.row_counts ("table" VARCHAR, rows BIGINT)')
    last = LastWhole(None) if accepted else last_whole(store, SNAPSHOT, COMPARED)
    note_loss(con, BEFORE, "rows", last)
    if last.version is None:
        return
    # Counted in its files, for what an older manifest says of them may be altered.
    last.version.attach(con, f"{BEFORE}_version", COMPARED)
    for name in COMPARED:
        query = f"INSERT INTO {BEFORE}.row_counts SELECT ?, count(*) FROM {BEFORE}_version.{name}"
        con.execute(query, [name])


def explain_rows(con: Connection, shrunk: str) -> str:
    """A sentence on tables that lost many rows against the last version; empty if none did.

    Args:
        con: Connection with what :func:`compare_rows` left.
        shrunk: SQL that gives table, before and now of those tables.
    """
    rows = con.execute(f"SELECT * FROM ({shrunk}) ORDER BY ALL").fetchall()
    said = ", ".join(f"{now:,} {table} where the last version has {before:,}" for table, before, now in rows)
    way = "Put the whole registry there; if it is right as it is, run again with --smaller-registry."
    return f"education: {said}. {way}" if said else ""
