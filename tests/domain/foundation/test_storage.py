"""Versions: named by content, published as a whole or not at all, verified when they are read."""

import json
import os
from functools import partial

import pytest

from credential_pipeline.foundation.contracts.table import Snapshot
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage import durable, migrations, snapshots
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import CURRENT, Store
from tests.domain.foundation.storage_world import IT, SNAPSHOT, build, folders, publish, rewrite


def test_published_version_can_be_read(store):
    facts = publish(store, 3)
    version = store.current(SNAPSHOT, IT)
    assert version.name == facts.version
    assert version.label == f"sample/it/{facts.version}"
    assert (version.rows("people"), version.rows("events")) == (200, 200)
    with store.read(version) as con:
        assert con.execute("SELECT min(n), max(n) FROM sample.people").fetchall() == [(3, 202)]
    assert version.manifest.inputs == {"offset": "3"}
    assert version.manifest.run_id == "run3"


def test_version_depends_on_content_alone(tmp_path):
    """Three row groups, so that two threads have something to do."""
    tries = [(1, "i"), (2, "i"), (1, "i DESC"), (2, "hash(i)")]
    versions = {
        publish(Store(tmp_path / str(number), partial(connect, threads=threads)), rows=260_000, order=order).version
        for number, (threads, order) in enumerate(tries)
    }
    assert len(versions) == 1


def test_other_content_is_another_version(store):
    first, second = publish(store, 0), publish(store, 1)
    assert first.version != second.version
    assert store.current(SNAPSHOT, IT).name == second.version
    assert folders(store) == sorted([first.version, second.version])
    assert (store.folder(SNAPSHOT, IT) / CURRENT).read_text() == second.version


def test_same_content_renews_the_manifest_only(store):
    first = publish(store, 0)
    file = store.current(SNAPSHOT, IT).path("people")
    before = file.stat().st_mtime_ns
    with store.stage(SNAPSHOT, IT, inputs={"offset": "other"}, run_id="later") as staged:
        build(staged.con)
        staged.write()
        staged.publish([{"rule": "a", "passed": True}])
    version = store.current(SNAPSHOT, IT)
    assert version.name == first.version
    assert file.stat().st_mtime_ns == before
    assert version.manifest.inputs == {"offset": "other"}
    assert version.manifest.run_id == "later"
    assert version.manifest.verdicts == [{"rule": "a", "passed": True}]
    assert folders(store) == [first.version]


def test_going_back_to_an_earlier_content(store):
    first = publish(store, 0)
    publish(store, 1)
    assert publish(store, 0).version == first.version
    assert store.current(SNAPSHOT, IT).name == first.version


def test_inputs_name_the_versions_that_were_read(store):
    facts = publish(store, 0)
    other = Snapshot("other", Side.CLEARINGHOUSE, "One table.", SNAPSHOT.tables[:1])
    with store.stage(other, IT, [store.current(SNAPSHOT, IT)], {"code": "abc"}) as staged:
        staged.con.execute("CREATE TABLE other.people AS SELECT * FROM sample.people WHERE n < 10")
        staged.write()
        assert staged.rows("people") == 10
        assert staged.publish().inputs == {"sample": facts.version, "code": "abc"}


@pytest.mark.parametrize("where", [0.05, 0.3, 0.6, 0.95])
def test_flipped_bit_is_refused(store, where):
    publish(store)
    path = store.current(SNAPSHOT, IT).folder / "people.parquet"
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 1
    path.write_bytes(content)
    with pytest.raises(SafeError, match="E_CHECKSUM") as refusal:
        store.current(SNAPSHOT, IT).path("people")
    assert "run the hop sample again" in str(refusal.value)
    with pytest.raises(SafeError, match="E_CHECKSUM"), store.read(store.current(SNAPSHOT, IT)):
        pass


def test_file_is_hashed_once_while_it_does_not_change(store, monkeypatch):
    publish(store)
    version = store.current(SNAPSHOT, IT)
    hashed = []
    monkeypatch.setattr(snapshots, "sha256", lambda path: hashed.append(path) or durable.sha256(path))
    version.path("people"), version.path("people")
    assert len(hashed) == 1
    os.utime(version.folder / "people.parquet", (1, 1))
    version.path("people")
    assert len(hashed) == 2


def test_missing_file_is_refused(store):
    publish(store)
    (store.current(SNAPSHOT, IT).folder / "events.parquet").unlink()
    with pytest.raises(SafeError, match="E_CHECKSUM"):
        store.current(SNAPSHOT, IT).path("events")


def test_table_that_the_version_does_not_have_is_refused(store):
    """A contract that has grown a table meets a version of yesterday."""
    publish(store)
    with pytest.raises(SafeError, match="run the hop sample again"):
        store.current(SNAPSHOT, IT).path("a_new_table")


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"3", b"[]", b'"x"', b"\xff", b"{}", b'{"tables": 3}'])
def test_damaged_manifest_is_refused(store, content):
    publish(store)
    (store.current(SNAPSHOT, IT).folder / "manifest.json").write_bytes(content)
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.current(SNAPSHOT, IT)


@pytest.mark.parametrize("change", ["hash", "version", "field", "missing"])
def test_manifest_that_does_not_fit_its_folder_is_refused(store, change):
    publish(store)
    path = store.current(SNAPSHOT, IT).folder / "manifest.json"
    facts = json.loads(path.read_text())
    if change == "hash":
        facts["tables"]["people"]["sha256"] = "0" * 64
    elif change == "version":
        facts["version"] = "0" * 16
    elif change == "field":
        facts["more"] = 1
    else:
        del facts["inputs"]
    path.write_text(json.dumps(facts))
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.find(SNAPSHOT, IT)


def test_damaged_version_is_replaced_by_the_same_content(store):
    facts = publish(store)
    path = store.current(SNAPSHOT, IT).folder / "people.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    assert publish(store).version == facts.version
    assert store.current(SNAPSHOT, IT).path("people").is_file()


def test_nothing_published_names_the_hop_to_run(store):
    assert store.find(SNAPSHOT, IT) is None
    assert not store.has_current(SNAPSHOT, IT)
    with pytest.raises(SafeError, match="run that hop first"):
        store.current(SNAPSHOT, IT)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "x" * 41, "a\n", "_a", "ä"])
def test_partition_must_be_safe_in_a_path(store, name):
    with pytest.raises(SafeError, match="E_NAME"):
        store.folder(SNAPSHOT, name)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE sample.people ADD COLUMN more INTEGER", "people breaks its contract in: more"),
        ("ALTER TABLE sample.people DROP COLUMN n", "people breaks its contract in: n"),
        ("ALTER TABLE sample.people ALTER n TYPE BIGINT", "people breaks its contract in: n"),
        ("ALTER TABLE sample.people RENAME COLUMN n TO m", "people breaks its contract in: m, n"),
        ("DROP TABLE sample.events", "events breaks its contract in: at, id, note"),
    ],
    ids=["extra", "missing", "type", "renamed", "no table"],
)
def test_breach_of_contract_publishes_nothing(store, change, named):
    with pytest.raises(SafeError, match=named), store.stage(SNAPSHOT, IT) as staged:  # noqa: PT012
        build(staged.con)
        staged.con.execute(change)
        staged.write()
    assert store.find(SNAPSHOT, IT) is None
    assert folders(store) == []


def test_columns_are_stored_in_the_contracts_order(store):
    wanted = publish(store).version
    with store.stage(SNAPSHOT, IT) as staged:
        build(staged.con)
        staged.con.execute("CREATE OR REPLACE TABLE sample.people AS SELECT n, id FROM sample.people")
        staged.write()
        assert staged.publish().version == wanted


def test_exception_leaves_nothing(store):
    publish(store, 0)
    before = folders(store)
    with pytest.raises(ZeroDivisionError), store.stage(SNAPSHOT, IT) as staged:  # noqa: PT012
        build(staged.con, 1)
        staged.write()
        assert len(folders(store)) == 2
        _ = 1 / 0
    assert folders(store) == before
    assert store.current(SNAPSHOT, IT).manifest.run_id == "run0"


def test_gate_sees_the_files_that_will_be_published(store):
    with store.stage(SNAPSHOT, IT) as staged:
        build(staged.con)
        staged.write()
        (sql,) = staged.con.execute(
            "SELECT sql FROM duckdb_views() WHERE schema_name = 'sample' AND view_name = 'people'"
        ).fetchall()[0]
        assert str(staged.path("people")) in sql
        assert staged.con.execute("SELECT count(*) FROM sample.people").fetchall() == [(staged.rows("people"),)]


def test_folders_are_closed_to_others(store):
    publish(store)
    version = store.current(SNAPSHOT, IT)
    assert version.folder.stat().st_mode & 0o077 == 0
    assert (version.folder / "manifest.json").stat().st_mode & 0o077 == 0


# --- schemas of manifests ------------------------------------------------------------------------------------------------


def test_the_first_schema_is_read_through_its_migration(store):
    published = publish(store)
    rewrite(store, schema_version=1, pages=None, digest=None)
    version = store.current(SNAPSHOT, IT)
    assert version.manifest.schema_version == migrations.SCHEMA_VERSION
    assert version.manifest.pages == {}
    assert version.manifest.tables == published.tables
    assert version.is_whole()


@pytest.mark.parametrize(
    ("schema", "code", "words"),
    [
        (migrations.SCHEMA_VERSION + 1, "E_SCHEMA_NEWER", "written by a newer version of this program"),
        (0, "E_SCHEMA_OLDER", "no migration leads from schema 0 to 1; run the hop again"),
        (-1, "E_SCHEMA_OLDER", "no migration leads from schema -1"),
    ],
)
def test_a_schema_without_a_way_is_refused_in_plain_words(store, schema, code, words):
    publish(store)
    rewrite(store, schema_version=schema)
    with pytest.raises(SafeError, match=words) as refused:
        store.current(SNAPSHOT, IT)
    assert refused.value.code == code


@pytest.mark.parametrize("schema", [None, "2", 2.0, True, [], {}])
def test_a_schema_that_is_no_number_is_damage(store, schema):
    publish(store)
    rewrite(store, schema_version=schema)
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.current(SNAPSHOT, IT)


def test_a_schema_without_a_digest_is_read_as_it_is(store):
    published = publish(store)
    rewrite(store, schema_version=2, digest=None)
    assert store.current(SNAPSHOT, IT).manifest == published


def test_the_schema_with_a_digest_is_damaged_without_one(store):
    publish(store)
    rewrite(store, digest=None)
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.current(SNAPSHOT, IT)


def _digits(content):
    return [at for at, byte in enumerate(content) if chr(byte).isdigit()]


def test_any_flipped_digit_of_a_manifest_is_noticed(store):
    """Also where it stands among the facts for people, which no hash of a table covers."""
    with store.stage(SNAPSHOT, IT, run_id="run7") as staged:
        build(staged.con)
        staged.facts |= {"released": 1204, "share": 0.25, "by": {"7": [1, None], "2": "x"}}
        staged.write()
        staged.publish([{"rule": "rows", "count": 3}])
    path = store.current(SNAPSHOT, IT).folder / "manifest.json"
    content = path.read_bytes()
    assert b'"released": 1204' in content
    for at in _digits(content):
        flipped = bytearray(content)
        flipped[at] = ord("1") if content[at] != ord("1") else ord("2")
        path.write_bytes(flipped)
        with pytest.raises(SafeError, match="run the hop"):
            store.current(SNAPSHOT, IT)
    path.write_bytes(content)
    assert store.current(SNAPSHOT, IT).manifest.facts["released"] == 1204


def test_tables_of_a_version_whose_facts_are_altered_still_count_as_memory(store):
    version = publish(store).version
    path = store.current(SNAPSHOT, IT).folder / "manifest.json"
    path.write_text(path.read_text().replace('"offset": "0"', '"offset": "1"'))
    assert store.readable(SNAPSHOT, IT) is None
    assert [(one.name, one.is_whole()) for one in store.versions(SNAPSHOT, IT)] == [(version, True)]


def test_migrations_are_applied_one_after_the_other():
    steps = {1: lambda raw: raw | {"b": raw["a"] + 1}, 0: lambda raw: raw | {"a": 1}, 2: lambda raw: raw | {"c": 3}}
    found = migrations.to_current({"schema_version": 0}, "x", steps)
    assert found == {"schema_version": migrations.SCHEMA_VERSION, "a": 1, "b": 2, "c": 3}
    with pytest.raises(SafeError, match="from schema 0 to 1"):
        migrations.to_current({"schema_version": 0}, "x", {1: steps[1]})


def test_every_older_schema_has_a_migration():
    assert set(migrations.STEPS) == set(range(1, migrations.SCHEMA_VERSION))
