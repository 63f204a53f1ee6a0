"""What was ever said of opt-outs, taken over from the last version: a wish outlives the file in which it came.

Not here: what is said now (statements.py), and learner ids, which are remembered in their own way (learner_ids.py).
"""

from credential_pipeline.clearinghouse.last_whole import newest_whole
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, Scratch, relation
from credential_pipeline.foundation.storage.snapshots import Store, Version

BEFORE = "previous_opt_outs"
"""Schema with the statements that are inherited, empty in a first run; the gate compares the new version with it."""
TABLE = "block_statements"


def newest_memory(store: Store, industry: str, *, anew: bool = False) -> Version | None:
    """The newest version of an industry whose memory of opt-outs is whole; None if it never had one.

    Args:
        store: Store of the hop's side.
        industry: Partition.
        anew: None, with a line that says so, where the memory is lost.

    Raises:
        SafeError: ``E_OPT_OUTS_LOST``: there was one, and it is whole in no version on disk; ``E_SCHEMA_NEWER``: the current
            version was written by a later program.
    """
    last = newest_whole(store, SNAPSHOT, (TABLE,), industry)
    if last.lost:
        if anew:
            PROGRESS.info("%s linked_records: the memory of opt-outs starts anew, as --new-ids says", industry)
            return None
        message = (
            f"The memory of opt-outs of {industry} is lost: block_statements is whole in no version of linked_records on"
            f" disk. Restore the folder {SNAPSHOT.name}/{industry} of the store from a backup, or run {industry} with --new-ids"
            " to start with what the deliveries, the registry and the lists of opt-outs say now."
        )
        raise SafeError("E_OPT_OUTS_LOST", message)
    return last.version


def recall(work: Scratch, schema: str) -> Relation:
    """The statements in a schema; none in a connection without it."""
    query = "SELECT count(*) FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
    if work.con.execute(query, [schema, TABLE]).fetchall()[0][0]:
        return relation(work.con, f"{schema}.{TABLE}")
    return work.rows("no_statements", SNAPSHOT.table(TABLE).schema, ())


def attach_statements(con: Connection, store: Store, industry: str, *, anew: bool = False) -> None:
    """Make the statements of the newest version visible of which they are whole.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.
        anew: Start without a memory where it is lost; what is delivered now is heard in any case.

    Raises:
        SafeError: ``E_OPT_OUTS_LOST``: there were versions with a memory, and of none it is whole; ``E_SCHEMA_NEWER``: the
            current one was written by a later program.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {BEFORE}")
    version = newest_memory(store, industry, anew=anew)
    if version is not None:
        version.attach(con, BEFORE, (TABLE,))
        return
    schema = SNAPSHOT.table(TABLE).schema
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in schema.items())
    con.execute(f"CREATE OR REPLACE VIEW {BEFORE}.{TABLE} AS SELECT {columns} LIMIT 0")


def recall_statements(work: Scratch) -> Relation:
    """The statements of the last version; none in a connection without the schema :data:`BEFORE`."""
    return recall(work, BEFORE)
