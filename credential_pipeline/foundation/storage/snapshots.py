"""Where published versions live and how they are read.

``<root>/<snapshot>/<partition>/<version>/<table>.parquet`` with a ``manifest.json``, and one ``CURRENT`` file per partition
whose replacement is the only commit point. Readers follow ``CURRENT``, verify hashes and never glob.
Not here: how a version comes to be (staging.py) and how long old ones are kept (retention.py).
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME, SHARED
from credential_pipeline.foundation.storage import engine, manifest
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import Connect, Connection
from credential_pipeline.foundation.storage.manifest import Manifest
from credential_pipeline.foundation.storage.staging import Staged

CURRENT = "CURRENT"

#: Files whose hash was verified in this process: (path, mtime, size, hash). Saves hashing a large file once per hop.
_VERIFIED: set[tuple[str, int, int, str]] = set()


@dataclass(frozen=True)
class Version:
    """One published version of a snapshot."""

    snapshot: Snapshot
    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The content hash."""
        return self.manifest.version

    @property
    def label(self) -> str:
        """Snapshot, partition and version, for people and for lineage."""
        return f"{self.manifest.snapshot}/{self.manifest.partition}/{self.name}"

    def rows(self, table: str) -> int:
        """Number of rows of a table, from the manifest."""
        return self.manifest.tables[table].rows

    def path(self, table: str) -> Path:
        """Path of a table's file, after its hash was verified.

        Raises:
            SafeError: ``E_CHECKSUM``: the file is missing or not what was published.
        """
        try:
            facts = self.manifest.tables[table]
            path = self.folder / facts.file
            stat = path.stat()
            seen = (str(path), stat.st_mtime_ns, stat.st_size, facts.sha256)
            if seen not in _VERIFIED:
                if sha256(path) != facts.sha256:
                    raise ValueError
                _VERIFIED.add(seen)
        except (OSError, ValueError, KeyError):
            message = (
                f"Table {table} of {self.label} is damaged or missing on disk; run the hop {self.snapshot.name} again."
            )
            raise SafeError("E_CHECKSUM", message) from None
        return path

    def attach(self, con: Connection, schema: str | None = None, tables: Collection[str] | None = None) -> None:
        """Make tables visible as the views ``<schema>.<table>``.

        Args:
            con: The connection.
            schema: Schema of the views; the snapshot's name if None.
            tables: Names of the tables; all of the snapshot if None.

        Raises:
            SafeError: ``E_CHECKSUM``: a table is missing or damaged; then none is attached.
        """
        schema = schema or self.snapshot.name
        names = [table.name for table in self.snapshot if tables is None or table.name in tables]
        paths = {name: str(self.path(name)).replace("'", "''") for name in names}
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name, literal in paths.items():
            con.execute(f"CREATE OR REPLACE VIEW {schema}.\"{name}\" AS SELECT * FROM read_parquet('{literal}')")


class Store:
    """The published versions of one side."""

    def __init__(self, root: Path, connect: Connect = engine.connect) -> None:
        """Use a side's storage root.

        Args:
            root: Folder of the side; made on the first publication.
            connect: Opens a DuckDB connection as a context manager.
        """
        self.root = root
        self.connect = connect

    def folder(self, snapshot: Snapshot, partition: str) -> Path:
        """Folder of a partition of a snapshot.

        Raises:
            SafeError: ``E_NAME``: the partition's name is not safe in a path.
        """
        if not NAME.match(partition):
            message = "An industry's name has lower-case letters, digits and underscores only, at most 40 of them."
            raise SafeError("E_NAME", message)
        return self.root / snapshot.name / partition

    def find(self, snapshot: Snapshot, partition: str = SHARED) -> Version | None:
        """The current version, or None if nothing was published yet."""
        folder = self.folder(snapshot, partition)
        try:
            name = (folder / CURRENT).read_text().strip()
        except FileNotFoundError:
            return None
        return Version(snapshot, folder / name, manifest.load(folder / name))

    def has_current(self, snapshot: Snapshot, partition: str = SHARED) -> bool:
        """Whether anything was published, damaged or not."""
        return (self.folder(snapshot, partition) / CURRENT).exists()

    def current(self, snapshot: Snapshot, partition: str = SHARED) -> Version:
        """The current version.

        Raises:
            SafeError: ``E_NOT_PUBLISHED``: there is none; the message names the hop to run.
        """
        version = self.find(snapshot, partition)
        if version is None:
            message = f"{snapshot.name} has no published version for {partition}; run that hop first."
            raise SafeError("E_NOT_PUBLISHED", message)
        return version

    @contextmanager
    def read(self, *versions: Version) -> Iterator[Connection]:
        """Open a connection in which the tables of the versions are views ``<snapshot>.<table>``."""
        with self.connect() as con:
            for version in versions:
                version.attach(con)
            yield con

    @contextmanager
    def stage(
        self,
        snapshot: Snapshot,
        partition: str,
        reads: Sequence[Version] = (),
        inputs: Mapping[str, str] | None = None,
        run_id: str = "",
    ) -> Iterator[Staged]:
        """Open a place where the next version is built; it becomes visible by ``publish`` only.

        Args:
            snapshot: What is built.
            partition: Industry, or ``shared``.
            reads: Versions that are visible as views.
            inputs: What else the result depends on, by name: registry, code, rules, files.
            run_id: The run, for the manifest.
        """
        folder = self.folder(snapshot, partition)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.read(*reads) as con:
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {snapshot.name}")
            staged = Staged(
                con, snapshot, partition, folder, all_inputs(reads, inputs or {}), run_id or str(os.getpid())
            )
            try:
                yield staged
            finally:
                staged.discard()


def all_inputs(reads: Sequence[Version], inputs: Mapping[str, str]) -> dict[str, str]:
    """Everything that a result depends on: the versions read and whatever else was named."""
    return {f"{version.snapshot.name}": version.name for version in reads} | dict(inputs)
