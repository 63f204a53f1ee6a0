"""The newest version on disk that is whole: a new one is compared with it, so that damage to the last disarms no rule.

Not here: what becomes of a hop whose versions hand something on to the next and are lost (linked_records).
"""

from collections.abc import Collection
from dataclasses import dataclass

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.names import SHARED
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.snapshots import Store, Version


@dataclass(frozen=True)
class LastWhole:
    """What there is to compare with.

    Attributes:
        version: The newest version whose compared tables are whole; None if there is none.
        lost: There was one, and none on disk is whole.
    """

    version: Version | None
    lost: bool = False


def newest_whole(store: Store, snapshot: Snapshot, tables: Collection[str], partition: str = SHARED) -> LastWhole:
    """Find the newest version that has some tables, whole.

    Args:
        store: Store of the hop's side.
        snapshot: What is built anew.
        tables: Its tables.
        partition: Industry, or ``shared``.

    Raises:
        SafeError: ``E_SCHEMA_NEWER``: the current version was written by a later program.
    """
    versions = store.versions(snapshot, partition)
    with_them = [one for one in versions if one.manifest.tables.keys() >= set(tables)]
    found = next((one for one in with_them if one.is_whole(tables)), None)
    # Readable versions that never had the tables are older than these; none that can be read, where there were some, are a loss.
    had = bool(with_them) or not versions
    return LastWhole(found, found is None and had and store.was_published(snapshot, partition))


def last_whole(store: Store, snapshot: Snapshot, tables: Collection[str], partition: str = SHARED) -> LastWhole:
    """What to compare with; said where it is not the current version, or nothing.

    Args:
        store: Store of the hop's side.
        snapshot: What is built anew.
        tables: What is compared.
        partition: Industry, or ``shared``.

    Raises:
        SafeError: ``E_SCHEMA_NEWER``: the current version was written by a later program.
    """
    last = newest_whole(store, snapshot, tables, partition)
    found = last.version
    if found is not None and not store.is_current(found):
        PROGRESS.info(
            "%s %s: the current version is damaged or missing; the new one is compared with %s of %s",
            partition,
            snapshot.name,
            found.name,
            found.manifest.published_at,
        )
    if last.lost:
        PROGRESS.info(
            "%s %s: earlier versions are damaged, so the new one is compared with none, and no fall since is seen (%s)",
            partition,
            snapshot.name,
            ", ".join(tables),
        )
    return last


def note_loss(con: Connection, schema: str, measure: str, last: LastWhole) -> None:
    """Let the gate warn of what was not compared: a row in ``<schema>.not_compared`` (measure).

    Args:
        con: Connection in which the next version is built.
        schema: Schema of what the gate compares with.
        measure: A word for what was to be compared.
        last: What was found.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    con.execute(f"CREATE TABLE IF NOT EXISTS {schema}.not_compared (measure VARCHAR)")
    con.execute(f"DELETE FROM {schema}.not_compared WHERE measure = ?", [measure])
    if last.lost:
        con.execute(f"INSERT INTO {schema}.not_compared VALUES (?)", [measure])
