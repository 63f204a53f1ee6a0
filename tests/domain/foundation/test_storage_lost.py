"""Versions copied in half, refused attempts, and what goes when it is old: what is left can be found, or it is said."""

import errno
import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import retention, trace
from credential_pipeline.foundation.storage.snapshots import CURRENT
from credential_pipeline.foundation.storage.staging import ATTEMPT
from tests.domain.foundation.storage_world import IT, SNAPSHOT, build, folders, make_old, publish, rewrite

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


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "people.parquet"])
def test_what_this_account_may_not_read_is_not_called_damaged(store, name, monkeypatch):
    """Nobody must be told to give new ids, nor a hop build over again, since a right is missing."""
    publish(store)
    opened = Path.open

    def closed(path, *arguments, **named):
        if path.name == name:
            raise PermissionError(errno.EACCES, "", str(path))
        return opened(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(PermissionError):
        store.versions(SNAPSHOT, IT)[0].is_whole()


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
    rewrite(store, schema_version=99)
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
    snapshot = replace(SNAPSHOT, inherits=("people",) if inherits else ())
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


_ADVICE = {
    "its table": lambda folder: (folder / "people.parquet").unlink(),
    "another table": lambda folder: (folder / "events.parquet").unlink(),
    "manifest": lambda folder: (folder / "manifest.json").unlink(),
    "pointer": lambda folder: (folder.parent / CURRENT).write_text("x"),
    "no migration": lambda folder: (folder / "manifest.json").write_text('{"schema_version": 0}'),
}


@pytest.mark.parametrize("spoil", _ADVICE)
def test_where_no_version_can_hand_on_what_the_next_inherits_the_advice_is_not_to_run_again(store, spoil):
    """A reader must not be sent to a hop that then refuses and sends them elsewhere."""
    snapshot = replace(SNAPSHOT, inherits=("people",))
    older, newer = [store.folder(SNAPSHOT, IT) / publish(store, offset).version for offset in (0, 1)]

    def advice() -> str:
        with pytest.raises(SafeError) as refused, store.read(store.current(snapshot, IT)):
            pass
        return refused.value.message

    _ADVICE[spoil](newer)
    assert "run the hop" in advice()
    assert "--new-ids" not in advice()
    (older / "people.parquet").unlink()
    lost = spoil in {"its table", "manifest", "no migration"}
    assert (
        "Restore the folder sample/it of the store from a backup and try again, or run the hop with --new-ids"
        in advice()
    ) is lost


def test_a_clock_that_was_set_back_does_not_make_an_older_memory_the_newer_one(store):
    snapshot, names = replace(SNAPSHOT, inherits=("people",)), []
    for offset, when in (
        (0, "2031-01-01T00:00:00+00:00"),
        (1, "2024-02-29T23:59:59+00:00"),
        (2, "2026-06-01T00:00:00+00:00"),
    ):
        with store.stage(snapshot, IT, run_id="r") as staged:
            build(staged.con, offset)
            staged.write()
            names.append(staged.publish().version)
        rewrite(store, published_at=when)
    (store.current(snapshot, IT).folder / "people.parquet").unlink()
    with trace.path_of(store.root, snapshot.name, IT).open("ab") as file:
        file.write(b'\xff\n[]\n"x"\n{"version"')
    assert [version.name for version in store.versions(snapshot, IT)] == names[::-1]


def test_half_written_versions_of_killed_runs_are_swept_wherever_they_lie_and_nothing_else(store):
    version = publish(store).version
    _refuse(store, 1)
    left = [store.root / "other" / IT / ".staging-7-0a", store.folder(SNAPSHOT, IT) / ".staging-7-0a-own"]
    for path in left:
        path.mkdir(parents=True)
        (path / "people.parquet").touch()
    assert retention.sweep(store.root) == sorted(left)
    assert not any(path.exists() for path in left)
    assert (store.current(SNAPSHOT, IT).name, store.current(SNAPSHOT, IT).is_whole()) == (version, True)
    assert store.attempt(SNAPSHOT, IT).is_whole()
    assert retention.sweep(store.root) == []


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
        make_old(store.folder(SNAPSHOT, IT) / name, age + 60 * (number - position))
    return names


def test_newest_old_versions_are_kept(store):
    names = _history(store, 6, age=2 * retention.GRACE)
    removed = retention.collect(store.folder(SNAPSHOT, IT), keep=names[-1])
    assert removed == [names[1], names[0]]
    assert folders(store) == sorted(names[2:])


def test_slow_readers_have_an_hour_from_the_replacement(store):
    names = _history(store, 6, age=0)
    folder = store.folder(SNAPSHOT, IT)
    make_old(folder / names[0], 30 * 86_400)
    assert retention.collect(folder, keep=names[-1]) == [], "it was published a month ago and replaced minutes ago"
    assert retention.collect(folder, keep=names[-1], now=time.time() + retention.GRACE) == [names[1], names[0]]


def test_current_version_is_never_removed(store):
    names = _history(store, 5, age=2 * retention.GRACE)
    assert names[0] not in retention.collect(store.folder(SNAPSHOT, IT), keep=names[0])
    assert names[0] in folders(store)


def test_leftovers_of_killed_runs_go(store):
    publish(store)
    folder = store.folder(SNAPSHOT, IT)
    old, young = folder / ".staging-1-old", folder / ".staging-2-young"
    for path in (old, young):
        path.mkdir()
        (path / "people.parquet").write_bytes(b"torn")
    make_old(old, 2 * retention.GRACE)
    (folder / ".CURRENT.1.tmp").write_text("torn")
    publish(store, 1)
    assert not old.exists()
    assert young.exists(), "it may belong to a run that goes on"
    assert not (folder / ".CURRENT.1.tmp").exists()
