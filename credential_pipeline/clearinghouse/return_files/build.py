"""Compose the return files of an industry: each part gives relations, which become the tables of the contract."""

from credential_pipeline.clearinghouse.return_files.partners import Given
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.keep import keep
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch


def build(con: Connection, given: Given) -> None:
    """Create the tables of ``return_files``.

    Args:
        con: Connection with the views of ``raw_feeds``, ``education_registry``, ``cleaned_learners`` and ``linked_records``.
        given: Partners, their folders and the released figures.
    """
    with scratch(con) as work:
        parts = (_partners(work, given),)
        made: dict[str, Relation] = {name: rows for part in parts for name, rows in part.items()}
        for table in SNAPSHOT:
            keep(con, SNAPSHOT, table.name, made.get(table.name) or _nothing(work, table.name))


def _partners(work: Scratch, given: Given) -> dict[str, Relation]:
    """What is told to everybody who gets something."""
    del work, given
    return {}


def _nothing(work: Scratch, name: str) -> Relation:
    """A table of the contract without rows."""
    return work.rows(name, SNAPSHOT.table(name).schema, [])
