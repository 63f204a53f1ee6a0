"""Versions: named by content, published as a whole or not at all, verified when they are read."""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from credential_pipeline.foundation.contracts.table import Column, Snapshot, Table
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Sensitivity, Side
from credential_pipeline.foundation.storage import durable, migrations, retention, snapshots, trace
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import CURRENT, Store
from credential_pipeline.foundation.storage.staging import ATTEMPT

ROOT = Path(__file__).parents[3]
IT = "it"
SNAPSHOT = Snapshot(
    name="sample",
    side=Side.CLEARINGHOUSE,
    description="Two tables.",
    tables=(
        Table(
            name="people",
            description="Unique by id.",
            key=("id",),
            sensitivity=Sensitivity.PUBLIC,
            columns=(Column("id", "VARCHAR", "Id."), Column("n", "INTEGER", "Number.")),
        ),
        Table(
            name="events",
            description="Several rows a key.",
            key=("id",),
            sensitivity=Sensitivity.PUBLIC,
            unique=False,
            columns=(Column("id", "VARCHAR", "Id."), Column("note", "VARCHAR", "Text."), Column("at", "DATE", "Day.")),
        ),
    ),
)


def build(con, offset=0, rows=200, order="id"):
    """Two tables whose content depends on the offset; the order of their rows must not matter."""
    con.execute(f"""
        CREATE TABLE sample.people AS
        SELECT CAST(i AS VARCHAR) AS id, CAST(i + {offset} AS INTEGER) AS n FROM range({rows}) AS t(i) ORDER BY {order}""")
    con.execute(f"""
        CREATE TABLE sample.events AS
        SELECT CAST(i % 50 AS VARCHAR) AS id, 'note ' || i AS note, DATE '2020-01-01' + CAST(i % 9 AS INTEGER) AS at
        FROM range({rows}) AS t(i) ORDER BY {order}""")


def publish(store, offset=0, **more):
    with store.stage(SNAPSHOT, IT, inputs={"offset": str(offset)}, run_id=f"run{offset}") as staged:
        build(staged.con, offset, **more)
        staged.write()
        return staged.publish()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def _folders(store):
    return sorted(path.name for path in store.folder(SNAPSHOT, IT).iterdir() if path.is_dir())


def _age(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


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
    assert _folders(store) == sorted([first.version, second.version])
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
    assert _folders(store) == [first.version]


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
    assert _folders(store) == []


def test_columns_are_stored_in_the_contracts_order(store):
    wanted = publish(store).version
    with store.stage(SNAPSHOT, IT) as staged:
        build(staged.con)
        staged.con.execute("CREATE OR REPLACE TABLE sample.people AS SELECT n, id FROM sample.people")
        staged.write()
        assert staged.publish().version == wanted


def test_exception_leaves_nothing(store):
    publish(store, 0)
    before = _folders(store)
    with pytest.raises(ZeroDivisionError), store.stage(SNAPSHOT, IT) as staged:  # noqa: PT012
        build(staged.con, 1)
        staged.write()
        assert len(_folders(store)) == 2
        _ = 1 / 0
    assert _folders(store) == before
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


def _rewrite(store, **changes):
    """Change the current manifest; a value of None removes the field."""
    path = store.current(SNAPSHOT, IT).folder / "manifest.json"
    facts = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({name: value for name, value in facts.items() if value is not None}))


def test_the_first_schema_is_read_through_its_migration(store):
    published = publish(store)
    _rewrite(store, schema_version=1, pages=None)
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
    _rewrite(store, schema_version=schema)
    with pytest.raises(SafeError, match=words) as refused:
        store.current(SNAPSHOT, IT)
    assert refused.value.code == code


@pytest.mark.parametrize("schema", [None, "2", 2.0, True, [], {}])
def test_a_schema_that_is_no_number_is_damage(store, schema):
    publish(store)
    _rewrite(store, schema_version=schema)
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.current(SNAPSHOT, IT)


def test_migrations_are_applied_one_after_the_other():
    steps = {1: lambda raw: raw | {"b": raw["a"] + 1}, 0: lambda raw: raw | {"a": 1}}
    found = migrations.to_current({"schema_version": 0}, "x", steps)
    assert found == {"schema_version": migrations.SCHEMA_VERSION, "a": 1, "b": 2}
    with pytest.raises(SafeError, match="from schema 0 to 1"):
        migrations.to_current({"schema_version": 0}, "x", {1: steps[1]})


def test_every_older_schema_has_a_migration():
    assert set(migrations.STEPS) == set(range(1, migrations.SCHEMA_VERSION))


# --- versions copied in half, and what is left when the current one is lost ------------------------------------------------


def _half(store, what):
    version = store.current(SNAPSHOT, IT)
    folder = version.folder
    {
        "no manifest": (folder / "manifest.json").unlink,
        "no file": (folder / "people.parquet").unlink,
        "truncated": lambda: os.truncate(folder / "people.parquet", 10),
        "empty file": lambda: (folder / "people.parquet").write_bytes(b""),
        "no folder": lambda: shutil.rmtree(folder),
        "pointer empty": lambda: (folder.parent / CURRENT).write_bytes(b""),
        "pointer torn": lambda: (folder.parent / CURRENT).write_text(version.name[:7]),
        "pointer leads out": lambda: (folder.parent / CURRENT).write_text("../../elsewhere"),
        "pointer no text": lambda: (folder.parent / CURRENT).write_bytes(b"\xff\xfe"),
        "pointer a folder": lambda: ((folder.parent / CURRENT).unlink(), (folder.parent / CURRENT).mkdir()),
    }[what]()


_HALVES = ["no manifest", "no file", "truncated", "empty file", "no folder"]
_POINTERS = ["pointer empty", "pointer torn", "pointer leads out", "pointer no text", "pointer a folder"]


@pytest.mark.parametrize("what", [*_HALVES, *_POINTERS])
def test_a_version_copied_in_half_is_refused_in_one_sentence(store, what):
    publish(store)
    _half(store, what)
    with pytest.raises(SafeError) as refused, store.read(store.current(SNAPSHOT, IT)):
        pass
    assert refused.value.code in {"E_MANIFEST", "E_CHECKSUM", "E_CURRENT"}
    assert "again" in refused.value.message
    assert "\n" not in refused.value.message
    assert store.was_published(SNAPSHOT, IT)


@pytest.mark.parametrize("what", _HALVES)
def test_the_newest_whole_version_can_still_be_found(store, what):
    names = [publish(store, offset).version for offset in (0, 1, 2)]
    _half(store, what)
    whole = [version.name for version in store.versions(SNAPSHOT, IT) if version.is_whole()]
    assert whole == [names[1], names[0]]


def test_versions_begin_with_the_current_one_then_the_newest(store):
    names = [publish(store, offset).version for offset in (0, 1, 2, 0)]
    assert [version.name for version in store.versions(SNAPSHOT, IT)] == [names[0], names[2], names[1]]
    assert [store.is_current(version) for version in store.versions(SNAPSHOT, IT)] == [True, False, False]
    assert store.versions(SNAPSHOT, "other") == []


def test_a_current_version_of_a_later_program_is_not_passed_over(store):
    publish(store, 0), publish(store, 1)
    _rewrite(store, schema_version=99)
    with pytest.raises(SafeError, match="E_SCHEMA_NEWER"):
        store.versions(SNAPSHOT, IT)


def test_whole_is_asked_of_some_tables_or_all(store):
    publish(store)
    version = store.current(SNAPSHOT, IT)
    (version.folder / "events.parquet").unlink()
    assert version.is_whole(["people"])
    assert not version.is_whole()
    assert not version.is_whole(["people", "events"])


@pytest.mark.parametrize(("inherits", "lost"), [(True, "store"), (True, "snapshot"), (False, "snapshot")])
def test_a_trace_of_publications_outlives_the_store_where_versions_inherit(store, inherits, lost):
    snapshot = replace(SNAPSHOT, inherits=inherits)
    assert not store.was_published(snapshot, IT)
    for offset in (0, 1):
        with store.stage(snapshot, IT, run_id="r") as staged:
            build(staged.con, offset)
            assert store.was_published(snapshot, IT) is (offset == 1), "a version that is staged is none"
            staged.write()
            facts = staged.publish()
    shutil.rmtree(store.root if lost == "store" else store.root / snapshot.name)
    assert store.was_published(snapshot, IT) is inherits
    assert not store.was_published(snapshot, "other")
    if inherits:
        path = trace.path_of(store.root, snapshot.name, IT)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [line["version"] for line in lines][-1] == facts.version
        assert len(lines) == 2
        assert path.stat().st_mode & 0o077 == 0


# --- pages beside the tables, and refused attempts -----------------------------------------------------------------------


def _refuse(store, offset=0):
    with store.stage(SNAPSHOT, IT, run_id=f"run{offset}") as staged:
        build(staged.con, offset)
        staged.write()
        staged.lay_beside("page.html", b"refused")
        staged.refuse([{"rule": "a", "passed": False}])


def test_pages_lie_beside_the_tables_and_are_no_part_of_the_version(store):
    plain = publish(store).version
    for content in (b"one", b"two"):
        with store.stage(SNAPSHOT, IT) as staged:
            build(staged.con)
            staged.write()
            assert staged.version == plain
            staged.lay_beside("page.html", content)
            assert staged.publish().version == plain
        version = store.current(SNAPSHOT, IT)
        assert version.page("page.html").read_bytes() == content
        assert version.page("other.html") is None
    version.page("page.html").write_bytes(b"changed")
    assert version.page("page.html") is None
    assert version.is_whole(), "a page is no data"


def test_a_refused_attempt_is_kept_apart_and_seen_by_nobody_else(store):
    published = publish(store, 0).version
    _refuse(store, 1)
    attempt = store.attempt(SNAPSHOT, IT)
    assert store.current(SNAPSHOT, IT).name == published
    assert [version.name for version in store.versions(SNAPSHOT, IT)] == [published]
    assert attempt.name != published
    assert attempt.manifest.verdicts == [{"rule": "a", "passed": False}]
    assert attempt.page("page.html").read_bytes() == b"refused"
    with store.read(attempt) as con:
        assert con.execute("SELECT min(n) FROM sample.people").fetchall() == [(1,)]
    for path in (attempt.folder, attempt.folder.parent):
        assert path.stat().st_mode & 0o777 == 0o700
    retention.collect(store.folder(SNAPSHOT, IT), keep=published, now=time.time() + 1e9)
    assert store.attempt(SNAPSHOT, IT) is not None, "it is kept until something is published"


def test_the_next_attempt_replaces_the_last_and_a_publication_ends_it(store):
    _refuse(store, 0)
    assert store.find(SNAPSHOT, IT) is None
    assert not store.was_published(SNAPSHOT, IT)
    first = store.attempt(SNAPSHOT, IT).name
    _refuse(store, 1)
    assert store.attempt(SNAPSHOT, IT).name != first
    assert len(list((store.folder(SNAPSHOT, IT) / ATTEMPT).iterdir())) == 1
    publish(store, 2)
    assert store.attempt(SNAPSHOT, IT) is None
    assert not (store.folder(SNAPSHOT, IT) / ATTEMPT).exists()


def test_a_damaged_attempt_says_so(store):
    _refuse(store)
    (store.attempt(SNAPSHOT, IT).folder / "manifest.json").write_text("{")
    with pytest.raises(SafeError, match="E_MANIFEST"):
        store.attempt(SNAPSHOT, IT)
    publish(store)
    assert store.attempt(SNAPSHOT, IT) is None


# --- retention ---------------------------------------------------------------------------------------------------------


def _history(store, number, age):
    """Publish versions one after the other, the first so many seconds ago that each is a minute older than the next."""
    names = [publish(store, offset).version for offset in range(number)]
    for position, name in enumerate(names):
        _age(store.folder(SNAPSHOT, IT) / name, age + 60 * (number - position))
    return names


def test_newest_old_versions_are_kept(store):
    names = _history(store, 6, age=2 * retention.GRACE)
    removed = retention.collect(store.folder(SNAPSHOT, IT), keep=names[-1])
    assert removed == [names[1], names[0]]
    assert _folders(store) == sorted(names[2:])


def test_slow_readers_have_an_hour_from_the_replacement(store):
    names = _history(store, 6, age=0)
    folder = store.folder(SNAPSHOT, IT)
    _age(folder / names[0], 30 * 86_400)
    assert retention.collect(folder, keep=names[-1]) == [], "it was published a month ago and replaced minutes ago"
    assert retention.collect(folder, keep=names[-1], now=time.time() + retention.GRACE) == [names[1], names[0]]


def test_current_version_is_never_removed(store):
    names = _history(store, 5, age=2 * retention.GRACE)
    assert names[0] not in retention.collect(store.folder(SNAPSHOT, IT), keep=names[0])
    assert names[0] in _folders(store)


def test_leftovers_of_killed_runs_go(store):
    publish(store)
    folder = store.folder(SNAPSHOT, IT)
    old, young = folder / ".staging-1-old", folder / ".staging-2-young"
    for path in (old, young):
        path.mkdir()
        (path / "people.parquet").write_bytes(b"torn")
    _age(old, 2 * retention.GRACE)
    (folder / ".CURRENT.1.tmp").write_text("torn")
    publish(store, 1)
    assert not old.exists()
    assert young.exists(), "it may belong to a run that goes on"
    assert not (folder / ".CURRENT.1.tmp").exists()


# --- several processes, and death at any instant ------------------------------------------------------------------------


def _repeatedly(root, offset, times, barrier):
    barrier.wait()
    for _ in range(times):
        publish(Store(Path(root)), offset)


def test_two_processes_publish_and_a_third_reads(tmp_path):
    """Whoever comes second waits; a reader meets one whole version or the other at any time."""
    root = tmp_path / "store"
    store = Store(root)
    names = {publish(store, offset).version for offset in (0, 1, 2)}
    processes = multiprocessing.get_context("spawn")
    barrier = processes.Barrier(3)
    writers = [processes.Process(target=_repeatedly, args=(str(root), offset, 4, barrier)) for offset in (1, 2)]
    for writer in writers:
        writer.start()
    barrier.wait()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        version = store.current(SNAPSHOT, IT)
        offset = int(version.manifest.inputs["offset"])
        with store.read(version) as con:
            found = con.execute("SELECT min(n), max(n), count(*) FROM sample.people").fetchall()
        assert found == [(offset, offset + 199, 200)]
        seen.add(version.name)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert seen <= names
    assert set(_folders(store)) == names, "no staging folder stays behind"


_DEATH = '''
"""Dies at the n-th call of one function while it publishes; forked once for every n, so that imports cost once."""
import json, os, shutil, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.domain.foundation.test_storage import IT, SNAPSHOT, publish
from credential_pipeline.foundation.storage import retention
from credential_pipeline.foundation.storage.snapshots import Store

def forked(act):
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]

def dying(function, number, before):
    real, calls = getattr(*function), [0]
    def act(*args, **kwargs):
        calls[0] += 1
        if calls[0] == number and before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if calls[0] == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(*function, act)

def whole(store):
    version = store.find(SNAPSHOT, IT)
    return None if version is None else [version.manifest.run_id, [version.path(t.name).stat().st_size for t in SNAPSHOT]]

def age(folder):
    for path in folder.iterdir():
        os.utime(path, (1, 1))

report, home = [], Path(sys.argv[2])
base = home / "base"
assert forked(lambda: publish(Store(base), 0)) == 0
for scene in ("first", "next", "same"):
    for name, function in {"replace": (os, "replace"), "fsync": (os, "fsync"), "rmtree": (shutil, "rmtree")}.items():
        for before in (True, False):
            for number in range(1, 30):
                if name != "replace" and (scene != "next" or not before):
                    continue
                root = home / f"{scene}-{name}-{before}-{number}"
                if scene != "first":
                    shutil.copytree(base, root)
                offset = 0 if scene == "same" else 1
                status = forked(lambda: (dying(function, number, before), publish(Store(root), offset)))
                store = Store(root)
                seen = whole(store)
                died = os.WIFSIGNALED(status)
                if root.exists():
                    age(store.folder(SNAPSHOT, IT))
                again = forked(lambda: publish(Store(root), 2))
                left = sorted(p.name for p in store.folder(SNAPSHOT, IT).iterdir() if p.name.startswith("."))
                report.append([scene, name, before, number, died, status, seen, again, whole(store), left])
                shutil.rmtree(root)
                if not died:
                    break
print(json.dumps(report))
'''


@pytest.fixture(scope="module")
def deaths(tmp_path_factory):
    """What a reader sees after a death at every rename, every flush and every removal, and after the next run."""
    home = tmp_path_factory.mktemp("deaths")
    script = home / "die.py"
    script.write_text(_DEATH)
    done = subprocess.run([sys.executable, script, ROOT, home], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_death_at_any_instant_leaves_the_old_version_or_the_new_one(deaths):
    died = [entry for entry in deaths if entry[4]]
    met = {(scene, name) for scene, name, *_ in died}
    assert met == {
        ("first", "replace"),
        ("next", "replace"),
        ("same", "replace"),
        ("next", "fsync"),
        ("next", "rmtree"),
    }
    for scene, name, before, number, _, _, seen, *_ in died:
        run = seen[0] if seen else None
        allowed = {"first": {None, "run1"}, "next": {"run0", "run1"}, "same": {"run0"}}[scene]
        assert run in allowed, (scene, name, before, number)
    assert {seen[0] if seen else None for *_, seen, _, _, _ in died} == {None, "run0", "run1"}, "both ends are met"


def test_after_a_death_the_next_run_publishes_and_cleans_up(deaths):
    for scene, name, before, number, _, _, _, again, seen, left in deaths:
        assert again == 0, (scene, name, before, number)
        assert seen[0] == "run2"
        assert left == [".lock"], (scene, name, before, number)


def test_runs_that_are_not_killed_end_well(deaths):
    survived = [entry for entry in deaths if not entry[4]]
    assert len(survived) == 3 * 2 + 2, "every series goes on until nothing is left to die at"
    assert all(status == 0 for *_, status, _, _, _, _ in survived)
