"""How a version comes to be: build in DuckDB, write sorted Parquet, let the gate look, publish, refuse or discard."""

import datetime
import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.contracts.table import Snapshot, Table
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.storage import manifest, retention, trace
from credential_pipeline.foundation.storage.durable import exclusive, flush, sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.manifest import Manifest, TableFile
from credential_pipeline.foundation.storage.order import ROW_GROUP, is_ordered, ordered_by

QUICK = "COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 4000"
"""Half the time of the defaults for a tenth more room: looking for repetitions in ids and streets, which have none, costs most."""
ATTEMPT = ".attempt"
"""Folder of a partition with the tables of the last run that its gate refused; no reader of versions looks there."""


class Staged:
    """The next version of a snapshot, written but not yet visible.

    Attributes:
        con: Connection in which the inputs are views and the outputs are to be created as ``<snapshot>.<table>``.
        facts: Small facts for people; ends up in the manifest.
    """

    def __init__(
        self,
        con: Connection,
        snapshot: Snapshot,
        partition: str,
        folder: Path,
        inputs: dict[str, str],
        run_id: str,
        publications: Path,
    ) -> None:
        """Remember what is built and where; made by ``Store.stage``."""
        self.con = con
        self.snapshot = snapshot
        self.partition = partition
        self.facts: dict[str, Any] = {}
        self._folder = folder
        self._inputs = inputs
        self._run_id = run_id
        self._publications = publications
        self._staging = folder / f".staging-{os.getpid()}-{run_id[:8]}"
        self._own = self._staging.with_name(f"{self._staging.name}-own")
        self._tables: dict[str, TableFile] = {}
        self._pages: dict[str, bytes] = {}

    def own_file(self, table: str) -> Path:
        """Where a hop may write a table itself, as a Parquet file sorted by its key that it then shows as a view of its name."""
        self._own.mkdir(mode=0o700, exist_ok=True)
        return self._own / f"{table}.parquet"

    def write(self) -> None:
        """Write the contract's tables as Parquet, sorted by their keys, and read them back from there.

        Raises:
            SafeError: ``E_CONTRACT``: a table is missing or has other columns than the contract.
        """
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir(mode=0o700)
        for table in self.snapshot:
            self._check_contract(table)
            self._tables[table.name] = self._copy(table)
        flush(self._staging)

    def rows(self, table: str) -> int:
        """Number of rows of a staged table."""
        return self._tables[table].rows

    def path(self, table: str) -> Path:
        """Path of a staged table's file."""
        return self._staging / self._tables[table].file

    @property
    def version(self) -> str:
        """The name that the written tables have, published or not."""
        return manifest.content_version(self._tables)

    def learn(self, name: str, value: str) -> None:
        """Say what the result depends on, where only the build could find that out, in place of what was looked up before."""
        self._inputs = {**self._inputs, name: value}

    def lay_beside(self, name: str, content: bytes) -> None:
        """Put a page for people beside the tables, whatever becomes of them; it does not count for the version."""
        self._pages[name] = content

    def publish(self, verdicts: Sequence[Mapping[str, Any]] = ()) -> Manifest:
        """Make the staged tables the current version.

        The same content as before keeps its version: only the manifest says what it was made from this time.

        Args:
            verdicts: What the gate said, counts only.
        """
        facts = self._facts(verdicts)
        target = self._folder / facts.version
        with exclusive(self._folder):
            if target.exists() and not self._whole(target):
                shutil.rmtree(target)
            if target.exists():
                self._describe(target, facts)
            else:
                self._describe(self._staging, facts)
                self._staging.replace(target)
                flush(self._folder)
            if self.snapshot.inherits:
                trace.add(self._publications, facts)
            write_atomically(self._folder / "CURRENT", facts.version.encode())
            shutil.rmtree(self._folder / ATTEMPT, ignore_errors=True)
            retention.collect(self._folder, keep=facts.version)
        return facts

    def refuse(self, verdicts: Sequence[Mapping[str, Any]] = ()) -> None:
        """Keep the staged tables as the partition's last refused attempt, in place of the one before.

        Nobody but :meth:`Store.attempt` finds them, and the next publication removes them. Nothing can be read from this
        object afterwards.

        Args:
            verdicts: What the gate said, counts only.
        """
        facts = self._facts(verdicts)
        self._describe(self._staging, facts)
        attempt = self._folder / ATTEMPT
        with exclusive(self._folder):
            shutil.rmtree(attempt, ignore_errors=True)
            attempt.mkdir(mode=0o700)
            self._staging.replace(attempt / facts.version)
            flush(attempt)

    def _facts(self, verdicts: Sequence[Mapping[str, Any]]) -> Manifest:
        return Manifest(
            snapshot=self.snapshot.name,
            partition=self.partition,
            version=self.version,
            tables=self._tables,
            inputs=self._inputs,
            run_id=self._run_id,
            published_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            verdicts=[dict(verdict) for verdict in verdicts],
            facts=self.facts,
            pages={name: hashlib.sha256(content).hexdigest() for name, content in sorted(self._pages.items())},
        )

    def _describe(self, folder: Path, facts: Manifest) -> None:
        """Write the pages and, last, the manifest that lists them."""
        for name, content in self._pages.items():
            write_atomically(folder / name, content)
        write_atomically(folder / manifest.NAME, facts.to_bytes())

    def discard(self) -> None:
        """Remove what was staged and not published."""
        shutil.rmtree(self._staging, ignore_errors=True)
        shutil.rmtree(self._own, ignore_errors=True)

    def _whole(self, folder: Path) -> bool:
        return all(
            (folder / table.file).is_file() and sha256(folder / table.file) == table.sha256
            for table in self._tables.values()
        )

    def _check_contract(self, table: Table) -> None:
        found = self.con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?"
            " ORDER BY column_index",
            [self.snapshot.name, table.name],
        ).fetchall()
        if dict(found) != table.schema:
            names = ", ".join(sorted({name for name, _ in set(table.schema.items()) ^ set(found)}))
            message = f"Table {self.snapshot.name}.{table.name} breaks its contract in: {names}."
            raise SafeError("E_CONTRACT", message)

    def _copy(self, table: Table) -> TableFile:
        file = f"{table.name}.parquet"
        path = self._staging / file
        quoted = literal(str(path))
        own = self._own / file
        if own.exists():
            own.replace(path)
        else:
            self._sort(table, quoted)
        flush(path)
        rows = self.con.execute(f"SELECT count(*) FROM read_parquet({quoted})").fetchall()[0][0]
        self.con.execute(
            f'CREATE OR REPLACE VIEW {self.snapshot.name}."{table.name}" AS SELECT * FROM read_parquet({quoted})'
        )
        return TableFile(file=file, sha256=sha256(path), rows=int(rows), bytes=path.stat().st_size)

    def _sort(self, table: Table, quoted: str) -> None:
        """Write a table in its order, and let it go."""
        # Ties in a key that is not unique are ordered by the rest, so that equal rows in any order give equal bytes.
        order = list(table.key) + ([] if table.unique else [n for n in table.column_names if n not in table.key])
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        name = f'{self.snapshot.name}."{table.name}"'
        by = "" if is_ordered(self.con, name, order) else f"ORDER BY {ordered_by(order)}"
        self.con.execute(
            f"COPY (SELECT {columns} FROM {name} {by})"
            f" TO {quoted} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, {QUICK})"
        )
        self.con.execute(f"DROP TABLE IF EXISTS {name}")
