"""What a new version is compared with where the last one is damaged: the newest whole one, and a warning where there is none."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from checks.suites.clearinghouse import education_registry as registry_rules
from credential_pipeline.clearinghouse.education_registry import blocks, last_rows
from credential_pipeline.clearinghouse.linked_records.diagnostics import LAST
from credential_pipeline.clearinghouse.linked_records.last_version import DAMAGED, attach_compared
from credential_pipeline.clearinghouse.raw_feeds import blocked
from credential_pipeline.foundation.contracts import education_registry, linked_records, raw_feeds
from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.snapshots import Store

_ROWS = {
    "persons": "SELECT i::VARCHAR AS student_id, i < {n} AS ferpa_block FROM range(100) AS t(i)",
    "enrollments": "SELECT i::VARCHAR AS student_id FROM range({n}) AS t(i)",
    "degrees": "SELECT i::VARCHAR AS student_id FROM range({n}) AS t(i)",
    "links": "SELECT 'acme' AS certifier, i::VARCHAR AS record_id FROM range({n}) AS t(i)",
    "block_flags": "SELECT 'acme' AS certifier, 'a.csv' AS delivery, 100 AS rows, 0 AS blank, {n} AS blocked",
}
"""What is published: of everything as many as ``n``."""

Damage = Callable[[Path], object]
_DAMAGES: dict[str, Damage] = {
    "manifest": lambda version: (version / "manifest.json").write_text("{"),
    "tables": lambda version: [file.write_bytes(b"") for file in version.glob("*.parquet")],
    "gone": shutil.rmtree,
}


class World:
    """A store of one snapshot, and the comparison that the next version makes."""

    def __init__(self, con: Connection, root: Path, snapshot: Snapshot) -> None:
        self.con, self.snapshot = con, snapshot
        self.store = Store(root, lambda: nullcontext(con))
        self.partition = "mining" if snapshot.partitioned else "shared"
        con.execute(f"CREATE SCHEMA {snapshot.name}")

    def publish(self, n: int) -> Path:
        with self.store.stage(self.snapshot, self.partition) as staged:
            for table in self.snapshot:
                name = f"{self.snapshot.name}.{table.name}"
                columns = ", ".join(f'"{column}" {kind}' for column, kind in table.schema.items())
                self.con.execute(f"CREATE TABLE {name} ({columns})")
                if table.name in _ROWS:
                    self.con.execute(f"INSERT INTO {name} BY NAME {_ROWS[table.name].format(n=n)}")
            staged.write()
            version = staged.publish().version
        for table in self.snapshot:
            self.con.execute(f"DROP VIEW {self.snapshot.name}.{table.name}")
        return self.store.folder(self.snapshot, self.partition) / version


def _blocked_students(world: World) -> int | None:
    blocks.compare_blocks(world.con, world.store, ())
    found = world.con.execute(f"SELECT blocked FROM {blocks.BEFORE}.blocks").fetchall()
    return int(found[0][0]) if found else None


def _degrees(world: World) -> int | None:
    last_rows.compare_rows(world.con, world.store, accepted=False)
    query = f"SELECT rows FROM {blocks.BEFORE}.row_counts WHERE \"table\" = 'degrees'"
    found = world.con.execute(query).fetchall()
    return int(found[0][0]) if found else None


def _blocked_rows(world: World) -> int | None:
    blocked.compare_blocks(world.con, world.store, "mining", ())
    found = world.con.execute(f"SELECT blocked FROM {blocked.BEFORE}.blocks").fetchall()
    return int(found[0][0]) if found else None


_COMPARED = {
    "blocked students": (education_registry.SNAPSHOT, _blocked_students, blocks.BEFORE),
    "rows of the registry": (education_registry.SNAPSHOT, _degrees, blocks.BEFORE),
    "blocked rows": (raw_feeds.SNAPSHOT, _blocked_rows, blocked.BEFORE),
}


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "credential_pipeline.progress"):
        yield caplog


@pytest.mark.parametrize("what", _COMPARED)
@pytest.mark.parametrize("damage", _DAMAGES)
def test_a_damaged_last_version_disarms_no_rule(
    tmp_path: Path, what: str, damage: str, told: pytest.LogCaptureFixture
) -> None:
    snapshot, compare, schema = _COMPARED[what]
    with connect(threads=1) as con:
        world = World(con, tmp_path, snapshot)
        lost = f"SELECT count(*) FROM {schema}.not_compared"
        assert (compare(world), con.execute(lost).fetchall()) == (None, [(0,)]), (
            "a first version is compared with nothing"
        )
        first = world.publish(30)
        assert compare(world) == 30
        assert told.text == ""
        second = world.publish(40)
        assert compare(world) == 40
        _DAMAGES[damage](second)
        assert (compare(world), con.execute(lost).fetchall()) == (30, [(0,)])
        assert "is damaged or missing; the new one is compared with" in told.text
        _DAMAGES[damage](first)
        assert (compare(world), con.execute(lost).fetchall()) == (None, [(1,)])
        assert "earlier versions are damaged" in told.text


@pytest.mark.parametrize("table", ["links", "diagnostics"])
def test_the_linkage_is_compared_with_the_newest_version_whose_compared_tables_are_whole(
    tmp_path: Path, table: str, told: pytest.LogCaptureFixture
) -> None:
    """The tables of ids are whole, so that nothing else says that what figures are compared with is damaged."""
    with connect(threads=1) as con:
        world = World(con, tmp_path, linked_records.SNAPSHOT)
        lost = f"SELECT count(*) FROM {LAST}.not_compared"
        assert attach_compared(con, world.store, "mining") == ""
        first = world.publish(3)
        second = world.publish(4)
        assert attach_compared(con, world.store, "mining") == second.name
        assert told.text == ""
        (second / f"{table}.parquet").write_bytes(b"")
        assert attach_compared(con, world.store, "mining") == first.name
        assert con.execute(f"SELECT count(*) FROM {LAST}.links").fetchall() == [(3,)]
        assert con.execute(lost).fetchall() == [(0,)]
        (first / f"{table}.parquet").unlink()
        assert attach_compared(con, world.store, "mining") == DAMAGED
        assert con.execute(lost).fetchall() == [(1,)]
        assert "earlier versions are damaged" in told.text


def test_the_gate_still_sees_that_blocks_fell(tmp_path: Path) -> None:
    """Forty of a hundred students were blocked, the last version is damaged, and now nobody is."""
    with connect(threads=1) as con:
        world = World(con, tmp_path, education_registry.SNAPSHOT)
        world.publish(40)
        _DAMAGES["tables"](world.publish(41))
        blocks.compare_blocks(con, world.store, ())
        con.execute("CREATE TABLE education_registry.persons AS SELECT false AS ferpa_block FROM range(100)")
        assert con.execute(registry_rules.FALL).fetchall() == [(1,)]
