"""The last published version, as a measure of what is different now. Not here: inheriting ids from it (learner_ids.py)."""

from credential_pipeline.clearinghouse.last_whole import last_whole, note_loss
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store

COMPARED_WITH = "compared with"
"""The fact of a version that names the one with which its figures were compared."""
DAMAGED = "nothing: earlier versions are damaged"
"""What stands there where there were versions and none is whole."""


def attach_compared(con: Connection, store: Store, industry: str) -> str:
    """Let the figures tell what is different from the newest version whose compared tables are whole.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.

    Returns:
        Name of that version; :data:`DAMAGED` if there is none any more, empty if there never was one.
    """
    from credential_pipeline.clearinghouse.linked_records.diagnostics import COMPARED, LAST

    last = last_whole(store, SNAPSHOT, COMPARED, industry)
    note_loss(con, LAST, "links", last)
    if last.version is None:
        return DAMAGED if last.lost else ""
    last.version.attach(con, LAST, COMPARED)
    return last.version.name
