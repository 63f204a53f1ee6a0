"""Learner ids are inherited from the newest whole version, or it is said that they are lost."""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from credential_pipeline.clearinghouse.linked_records.block_memory import TABLE
from credential_pipeline.clearinghouse.linked_records.learner_ids import REMEMBERED, attach_last
from credential_pipeline.foundation.contracts.linked_records import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect
from credential_pipeline.foundation.storage.manifest import TableFile, content_version
from credential_pipeline.foundation.storage.snapshots import Store
from tests.domain.clearinghouse.learner_ids_world import Clusters, State, forget, hashed, put, step


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    with connect(threads=1) as connection:
        connection.execute("CREATE SCHEMA linked_records")
        yield connection


def publish(con: Connection, folder: Path) -> tuple[Store, Path]:
    """Publish what the last step left, with the other tables empty."""
    store = Store(folder, lambda: nullcontext(con))
    with store.stage(SNAPSHOT, "manufacturing") as staged:
        for table in SNAPSHOT:
            columns = ", ".join(f"{column} {kind}" for column, kind in table.schema.items())
            con.execute(f"CREATE TABLE IF NOT EXISTS linked_records.{table.name} ({columns})")
        staged.write()
        version = staged.publish().version
    for table in SNAPSHOT:
        con.execute(f"DROP VIEW linked_records.{table.name}")
    return store, store.folder(SNAPSHOT, "manufacturing") / version


def _versions(con: Connection, folder: Path, *sequence: Clusters) -> tuple[Store, list[Path]]:
    """Publish several versions one after the other, each inheriting from the one before."""
    store, paths = Store(folder, lambda: nullcontext(con)), []
    for clusters in sequence:
        forget(con)
        attach_last(con, store, "manufacturing")
        _next(con, clusters)
        paths.append(publish(con, folder)[1])
    forget(con)
    return store, paths


@pytest.fixture
def told(caplog) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "credential_pipeline.progress"):
        yield caplog


def test_ids_are_inherited_from_the_last_version_on_disk(con, tmp_path, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    assert attach_last(con, store, "manufacturing") == version.name
    assert _next(con, put(x="a b")).ids[("mssc", "a")] == hashed("b")
    forget(con)
    assert attach_last(con, store, "healthcare") == "nothing: first version"
    assert _next(con, put(x="a b")).revision == 1
    assert told.text == ""


_DAMAGES = {
    "damaged": lambda version: _flip(version / "record_ids.parquet"),
    "truncated": lambda version: os.truncate(version / "record_ids.parquet", 100),
    "table missing": lambda version: (version / "learner_events.parquet").unlink(),
    "manifest damaged": lambda version: (version / "manifest.json").write_text("{"),
    "manifest missing": lambda version: (version / "manifest.json").unlink(),
    "no migration": lambda version: _set_schema(version, 0),
    "version missing": shutil.rmtree,
    "older form": lambda version: _without_table(version, "record_ids"),
    "pointer damaged": lambda version: (version.parent / "CURRENT").write_bytes(b"\xff"),
}


@pytest.mark.parametrize("spoil", _DAMAGES.values(), ids=_DAMAGES)
def test_a_damaged_version_is_passed_over_for_the_newest_whole_one(con, tmp_path, spoil, told):
    # The smallest row of the learner changes twice, so that an id given out anew would be another one.
    store, versions = _versions(con, tmp_path / "store", put(x="c"), put(x="b c"), put(x="b c d"))
    spoil(versions[2])
    whole = versions[2 if spoil is _DAMAGES["pointer damaged"] else 1]
    assert attach_last(con, store, "manufacturing") == whole.name
    assert set(_next(con, put(x="a b c d")).ids.values()) == {hashed("c")}
    assert "the current version is damaged or missing" in told.text


@pytest.mark.parametrize(
    "spoil",
    [
        *(damage for name, damage in _DAMAGES.items() if name != "pointer damaged"),
        lambda version: shutil.rmtree(version.parent),
        lambda version: shutil.rmtree(version.parents[1]),
        lambda version: shutil.rmtree(version.parents[2]),
        lambda version: (shutil.rmtree(version), (version.parent / "CURRENT").unlink()),
    ],
    ids=[*(name for name in _DAMAGES if name != "pointer damaged"), "partition", "snapshot", "store", "emptied"],
)
def test_without_any_whole_version_ids_start_anew_only_where_a_person_says_so(con, tmp_path, spoil, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    spoil(version)
    with pytest.raises(SafeError, match="--new-ids") as refused:
        attach_last(con, store, "manufacturing")
    assert refused.value.code == "E_IDS_LOST"
    forget(con)
    assert attach_last(con, store, "manufacturing", new_ids=True) == "nothing: started anew"
    fresh = _next(con, put(x="a b"))
    assert (fresh.ids[("mssc", "b")], fresh.revision) == (hashed("a"), 1)
    assert "start anew, as --new-ids says" in told.text


def test_what_the_contract_calls_inherited_is_what_is_remembered():
    assert set(SNAPSHOT.inherits) == {*REMEMBERED, TABLE}


def test_new_ids_are_not_given_where_nothing_is_lost(con, tmp_path):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    assert attach_last(con, store, "manufacturing", new_ids=True) == version.name


def test_a_version_of_a_later_program_is_never_passed_over(con, tmp_path):
    store, versions = _versions(con, tmp_path / "store", put(x="b"), put(x="b c"))
    _set_schema(versions[1], 99)
    with pytest.raises(SafeError, match="update the program") as refused:
        attach_last(con, store, "manufacturing", new_ids=True)
    assert refused.value.code == "E_SCHEMA_NEWER"


def test_a_version_of_the_first_schema_hands_its_ids_on(con, tmp_path, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    _set_schema(version, 1, without=("pages", "digest"))
    assert attach_last(con, store, "manufacturing") == version.name
    assert _next(con, put(x="a b")).ids[("mssc", "a")] == hashed("b")
    assert told.text == ""


def test_a_manifest_with_altered_facts_loses_no_ids(con, tmp_path, told):
    store, (version,) = _versions(con, tmp_path / "store", put(x="b"))
    path = version / "manifest.json"
    path.write_text(path.read_text().replace('"run_id": "', '"run_id": "9'))
    assert attach_last(con, store, "manufacturing") == version.name
    assert _next(con, put(x="a b")).ids[("mssc", "a")] == hashed("b")
    assert "the current version is damaged or missing" in told.text


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _set_schema(version: Path, schema: int, without: tuple[str, ...] = ()) -> None:
    manifest = json.loads((version / "manifest.json").read_bytes()) | {"schema_version": schema}
    manifest = {name: value for name, value in manifest.items() if name not in without}
    (version / "manifest.json").write_text(json.dumps(manifest))


def _next(con: Connection, clusters: Clusters) -> State:
    """A step after which views of the last version stay what they are."""
    return step(con, clusters, publish=False)


def _without_table(version: Path, table: str) -> None:
    """Make of a version one that was published before the table was part of the contract."""
    manifest = json.loads((version / "manifest.json").read_bytes())
    del manifest["tables"][table]
    tables = {name: TableFile(**facts) for name, facts in manifest["tables"].items()}
    manifest["version"] = content_version(tables)
    target = version.with_name(manifest["version"])
    version.rename(target)
    (target / "manifest.json").write_text(json.dumps(manifest))
    (target.parent / "CURRENT").write_text(target.name)
