"""Where published versions live and how they are read.

``<root>/<snapshot>/<partition>/<version>/<table>.parquet`` with a ``manifest.json``, and one ``CURRENT`` file per partition
whose replacement is the only commit point. Readers follow ``CURRENT``, verify hashes and never glob.
Not here: how a version comes to be (staging.py) and how long old ones are kept (retention.py).
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME, SHARED
from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.storage import engine, manifest, trace
from credential_pipeline.foundation.storage.durable import sha256
from credential_pipeline.foundation.storage.engine import Connect, Connection
from credential_pipeline.foundation.storage.manifest import Manifest
from credential_pipeline.foundation.storage.staging import ATTEMPT, Staged

CURRENT = "CURRENT"
_UNREADABLE = {
    "E_MANIFEST": "is missing or damaged",
    "E_SCHEMA_OLDER": "is of an older program, and no migration leads from its schema",
}
_VERSION = re.compile(r"[0-9a-f]{16}")

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
            PermissionError: This account may not read it.
        """
        if not self.has(table):
            above = self.folder.parent
            advice = _advice(self.snapshot, above.parent if above.name == ATTEMPT else above)
            message = f"Table {table} of {self.label} is damaged or missing on disk; {advice}"
            raise SafeError("E_CHECKSUM", message)
        return self.folder / self.manifest.tables[table].file

    def has(self, table: str) -> bool:
        """Whether a table is there and what was published.

        Raises:
            PermissionError: This account may not read it.
        """
        try:
            facts = self.manifest.tables[table]
            path = self.folder / facts.file
            stat = path.stat()
            seen = (str(path), stat.st_mtime_ns, stat.st_size, facts.sha256)
            if seen not in _VERIFIED and sha256(path) != facts.sha256:
                return False
        except PermissionError:
            raise  # what may not be read is not damaged
        except (OSError, ValueError, KeyError):
            return False
        _VERIFIED.add(seen)
        return True

    def is_whole(self, tables: Collection[str] | None = None) -> bool:
        """Whether the tables, all of the snapshot if None, are there and what was published."""
        return all(self.has(table.name) for table in self.snapshot if tables is None or table.name in tables)

    def page(self, name: str) -> Path | None:
        """Path of a page beside the tables; None if there is none, or it is not the one that was published."""
        path = self.folder / name
        wanted = self.manifest.pages.get(name)
        return path if wanted is not None and path.is_file() and sha256(path) == wanted else None

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
        paths = {name: literal(str(self.path(name))) for name in names}
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name, path in paths.items():
            con.execute(f'CREATE OR REPLACE VIEW {schema}."{name}" AS SELECT * FROM read_parquet({path})')


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
        """The current version, or None if nothing was published yet.

        Raises:
            SafeError: ``E_CURRENT`` or ``E_MANIFEST``: the version is damaged or was copied in half;
                ``E_SCHEMA_NEWER`` or ``E_SCHEMA_OLDER``: it is of a form that this program cannot read.
            PermissionError: This account may not read it.
        """
        folder = self.folder(snapshot, partition)
        try:
            name = (folder / CURRENT).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except PermissionError:
            raise  # what may not be read is not damaged
        except (OSError, ValueError):
            name = ""
        if not _VERSION.fullmatch(name):
            message = f"The file CURRENT of {snapshot.name}/{partition} is damaged; {_advice(snapshot, folder)}"
            raise SafeError("E_CURRENT", message)
        try:
            return Version(snapshot, folder / name, manifest.load(folder / name))
        except SafeError as error:
            if error.code not in _UNREADABLE or not _forgotten(snapshot, folder):
                raise
            what = f"The manifest of {snapshot.name}/{partition}/{name} {_UNREADABLE[error.code]}"
            raise SafeError(error.code, f"{what}; {_advice(snapshot, folder)}") from None

    def readable(self, snapshot: Snapshot, partition: str = SHARED) -> Version | None:
        """The current version, or None if there is none or it is damaged: for the hop that builds it over again.

        Raises:
            SafeError: ``E_SCHEMA_NEWER``: it was written by a later program, and must not be built again by this one.
        """
        try:
            return self.find(snapshot, partition)
        except SafeError as error:
            if error.code == "E_SCHEMA_NEWER":
                raise
            return None

    def versions(self, snapshot: Snapshot, partition: str = SHARED) -> list[Version]:
        """Every version on disk whose manifest can be read: the current one first, then the others, newest first.

        What a manifest says beside its tables may be altered, for their hashes are proven by the folder's name. For what must survive the loss of the current version; readers want :meth:`current`.

        Raises:
            SafeError: ``E_SCHEMA_NEWER``: the current version was written by a later program, and passing it over
                would forget what it knows.
        """
        current = self.readable(snapshot, partition)
        others = _legible(snapshot, self.folder(snapshot, partition))
        # A clock that was set back must not make an older memory the newer one.
        known = trace.places(trace.path_of(self.root, snapshot.name, partition))
        others.sort(key=lambda version: (known.get(version.name, -1), _age(version)), reverse=True)
        return [current, *(other for other in others if other.folder != current.folder)] if current else others

    def partitions(self, snapshot: Snapshot) -> list[str]:
        """Partitions that ever had a version, as far as anything on disk still tells, in the order of their names."""
        folders = (self.root / snapshot.name, trace.folder(self.root))
        found = {path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir()}
        return sorted(name for name in found if NAME.match(name) and self.was_published(snapshot, name))

    def was_published(self, snapshot: Snapshot, partition: str) -> bool:
        """Whether there ever was a version, as far as anything on disk still tells."""
        return (
            self.has_current(snapshot, partition)
            or bool(_version_folders(self.folder(snapshot, partition)))
            or trace.exists(trace.path_of(self.root, snapshot.name, partition))
        )

    def attempt(self, snapshot: Snapshot, partition: str = SHARED) -> Version | None:
        """The last run that its gate refused since the last publication, or None; never current, read by people only.

        Raises:
            SafeError: ``E_MANIFEST``: it is damaged.
        """
        folder = self.folder(snapshot, partition) / ATTEMPT
        kept = sorted(path for path in folder.glob("*") if _VERSION.fullmatch(path.name))
        return Version(snapshot, kept[0], manifest.load(kept[0])) if kept else None

    def has_current(self, snapshot: Snapshot, partition: str = SHARED) -> bool:
        """Whether anything was published, damaged or not."""
        return (self.folder(snapshot, partition) / CURRENT).exists()

    def is_current(self, version: Version) -> bool:
        """Whether a version is the one that readers are given."""
        try:
            current = self.find(version.snapshot, version.manifest.partition)
        except SafeError:
            return False
        return current is not None and current.name == version.name

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
                con,
                snapshot,
                partition,
                folder,
                all_inputs(reads, inputs or {}),
                run_id or str(os.getpid()),
                trace.path_of(self.root, snapshot.name, partition),
            )
            try:
                yield staged
            finally:
                staged.discard()


def _version_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and _VERSION.fullmatch(path.name))


def _legible(snapshot: Snapshot, folder: Path) -> list[Version]:
    """The versions of a partition whose manifest can be read."""
    found = []
    for path in _version_folders(folder):
        try:
            found.append(Version(snapshot, path, manifest.load(path, altered=True)))
        except SafeError:
            continue  # What cannot be read is no memory; whether that matters is for the caller to say.
    return found


def _forgotten(snapshot: Snapshot, folder: Path) -> bool:
    """Whether what versions hand on to the next is lost: a table that they had is whole in none, or none can be read."""
    versions = _legible(snapshot, folder)
    had = [[one for one in versions if table in one.manifest.tables] for table in snapshot.inherits]
    lost = [not any(one.has(table) for one in those) for table, those in zip(snapshot.inherits, had, strict=True)]
    return any(gone and bool(those or not versions) for gone, those in zip(lost, had, strict=True))


def _advice(snapshot: Snapshot, folder: Path) -> str:
    """What helps where a version is damaged: the hop itself builds it again, unless it would have to forget."""
    if not _forgotten(snapshot, folder):
        return f"run the hop {snapshot.name} again."
    return (
        f"what it hands on to the next is whole in no version on disk. Restore the folder {snapshot.name}/{folder.name} of the"
        " store from a backup and try again, or run the hop with --new-ids, which forgets it."
    )


def _age(version: Version) -> tuple[str, int, str]:
    """When a version was published last; the second of its manifest, and within it the file's own time."""
    return version.manifest.published_at, (version.folder / manifest.NAME).stat().st_mtime_ns, version.name


def all_inputs(reads: Sequence[Version], inputs: Mapping[str, str]) -> dict[str, str]:
    """Everything that a result depends on: the versions read and whatever else was named."""
    return {f"{version.snapshot.name}": version.name for version in reads} | dict(inputs)
