"""The last published version, as a measure of what is different now. Not here: inheriting ids from it (learner_ids.py)."""

from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store

COMPARED_WITH = "compared with"
"""The fact of a version that names the one with which its figures were compared."""


def attach_compared(con: Connection, store: Store, industry: str) -> str:
    """Let the figures tell what is different from the last version; without a sound one they tell no difference.

    Args:
        con: Connection in which the next version is built.
        store: Store of the hop's side.
        industry: Partition.

    Returns:
        Name of the last version; empty if there is none.
    """
    from credential_pipeline.clearinghouse.linked_records.diagnostics import COMPARED, PREVIOUS

    try:
        version = store.find(SNAPSHOT, industry)
        if version is not None:
            version.attach(con, PREVIOUS, COMPARED)
            return version.name
    except SafeError:
        pass  # A damaged version is no measure; that it is damaged was said where ids are inherited.
    return ""
