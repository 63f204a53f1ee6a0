"""Faults of the machine are told in plain words with what to do, never by the name of an exception, and quote no cell."""

import errno
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from checks import faults
from checks.guard import guarded
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.engine import connect

CANARY = "Jane Canary"


@pytest.mark.parametrize(
    ("number", "code", "advice"),
    [
        (errno.ENOSPC, "E_DISK_FULL", "make room"),
        (errno.EDQUOT, "E_DISK_FULL", "make room"),
        (errno.EFBIG, "E_FILE_SIZE", "ulimit -f"),
        (errno.EROFS, "E_READ_ONLY", "mount it for writing"),
        (errno.EACCES, "E_PERMISSION", "right to read and write"),
        (errno.EPERM, "E_PERMISSION", "right to read and write"),
        (errno.EMFILE, "E_OPEN_FILES", "ulimit -n"),
        (errno.EIO, "E_DISK", "have it checked"),
        (errno.ENOTDIR, "E_SYSTEM", "Not a directory"),
    ],
)
def test_the_operating_systems_faults(tmp_path, number, code, advice):
    told = faults.explain(OSError(number, CANARY, str(tmp_path / "store" / "x.parquet")), tmp_path)
    assert told.code == code
    assert advice in told.message
    assert CANARY not in told.message
    assert "OSError" not in told.message
    assert not (tmp_path / "vault.log").exists()


def test_places_are_told_relative_to_home(tmp_path):
    told = faults.explain(PermissionError(errno.EACCES, "", str(tmp_path / "store" / "x")), tmp_path)
    assert f"{tmp_path.name}/store/x" in told.message
    assert str(tmp_path) not in told.message


@pytest.mark.parametrize(
    "folder", ["inbox/manufacturing/mssc", "education/persons", "clearinghouse/inbox/manufacturing"]
)
def test_files_that_others_named_are_told_by_their_folder(tmp_path, folder):
    told = faults.explain(PermissionError(errno.EACCES, "", str(tmp_path / folder / f"{CANARY}.csv")), tmp_path)
    assert f"a file in {tmp_path.name}/{folder}" in told.message
    assert CANARY not in told.message


def test_a_full_disk_when_a_file_is_written(tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(dg.Failure) as stopped, guarded("raw_feeds", "manufacturing", tmp_path):
        write_atomically(tmp_path / "CURRENT", b"1")
    assert stopped.value.metadata["code"].value == "E_DISK_FULL"
    assert "MB free" in stopped.value.description
    assert f"at a file below {tmp_path.name}: make room" in stopped.value.description


def test_a_disk_with_room_but_without_inodes_says_so(tmp_path, monkeypatch):
    found = os.statvfs(tmp_path)
    for files, left, told in ((100, 0, "and 0 inodes"), (100, 5, "and 5 inodes"), (0, 0, ""), (10**6, 10**5, "")):
        disk = SimpleNamespace(f_bavail=found.f_bavail, f_frsize=found.f_frsize, f_files=files, f_favail=left)
        monkeypatch.setattr(os, "statvfs", lambda _folder, disk=disk: disk)
        message = faults.explain(OSError(errno.ENOSPC, ""), tmp_path).message
        assert ("inodes" in message, told in message) == (bool(told), True)


@pytest.mark.parametrize(
    ("ended", "said", "code"),
    [
        (1, f"Traceback\n  {CANARY}\nOSError: [Errno 28] No space left on device", "E_DISK_FULL"),
        (1, 'duckdb.IOException: Could not write file "x": No space left on device\n', "E_DISK_FULL"),
        (1, f"OSError: [Errno 30] Read-only file system: '{CANARY}'", "E_READ_ONLY"),
        (-9, "", "E_MEMORY"),
    ],
)
def test_a_fault_that_ended_another_program_of_ours(tmp_path, ended, said, code):
    told = faults.of_program(ended, said, tmp_path)
    assert told.code == code
    assert CANARY not in told.message


@pytest.mark.parametrize(
    ("ended", "said"), [(1, ""), (0, ""), (1, f"No space left on device\nValueError: {CANARY}"), (2, "usage")]
)
def test_what_ended_another_program_otherwise_is_no_fault_of_the_machine(tmp_path, ended, said):
    assert faults.of_program(ended, said, tmp_path) is None


def test_duckdb_onto_a_full_disk(tmp_path):
    with connect(threads=1) as con, pytest.raises(duckdb.Error) as failed:
        con.execute("COPY (SELECT range AS i FROM range(2000000)) TO '/dev/full' (FORMAT csv)")
    assert faults.explain(failed.value, tmp_path).code == "E_DISK_FULL"


def test_duckdb_out_of_memory(tmp_path):
    with connect("10MB", 1, tmp_path / "spill") as con:
        con.execute("SET max_temp_directory_size = '0KB'")
        with pytest.raises(duckdb.OutOfMemoryException) as failed:
            con.execute("CREATE TABLE t AS SELECT range AS i, md5(range::VARCHAR) AS h FROM range(3000000)")
    told = faults.explain(failed.value, tmp_path)
    assert told.code in {"E_MEMORY", "E_DISK_FULL"}
    assert "unexpected" not in told.message


def test_memory_of_the_machine(tmp_path):
    assert faults.explain(MemoryError(), tmp_path).code == "E_MEMORY"
    assert "CREDENTIAL_PIPELINE_MEMORY" in faults.explain(duckdb.OutOfMemoryException(CANARY), tmp_path).message


def garbage(path: Path) -> None:
    path.write_bytes(b"no database" * 500)
    sqlite3.connect(path).execute("SELECT * FROM runs")


def locked(path: Path) -> None:
    first = sqlite3.connect(path)
    first.execute("CREATE TABLE runs (id)")
    first.execute("BEGIN EXCLUSIVE")
    sqlite3.connect(path, timeout=0).execute("INSERT INTO runs VALUES (1)")


def missing(path: Path) -> None:
    sqlite3.connect(path / "nowhere" / "x.db").execute("SELECT 1")


@pytest.mark.parametrize(("spoil", "words"), [(garbage, "damaged"), (locked, "locked"), (missing, "cannot be written")])
def test_dagsters_database(tmp_path, spoil, words):
    with pytest.raises(sqlite3.Error) as failed:
        spoil(tmp_path / "runs.db")
    told = faults.explain(failed.value, tmp_path)
    assert told.code == "E_DAGSTER_DATABASE"
    assert words in told.message


def test_a_full_disk_under_dagsters_database_says_nothing_of_the_room_at_home(tmp_path):
    base = sqlite3.connect(tmp_path / "runs.db")
    base.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as failed:
        base.execute(
            "CREATE TABLE runs AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) SELECT i FROM n"
        )
    told = faults.explain(failed.value, tmp_path)
    assert (told.code, "MB free" in told.message, "DAGSTER_HOME" in told.message) == ("E_DISK_FULL", False, True)


_PRESSED = """
import os, signal, sys, threading
from pathlib import Path
from checks.guard import guarded
from credential_pipeline.foundation.storage.engine import connect
with connect(threads=1) as con, guarded("raw_feeds", "manufacturing", Path(sys.argv[1])):
    # Only now: a statement that is just done when the key is pressed may take the word for itself.
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    con.execute("SELECT sum(hash(a.range + b.range)) FROM range(1000000) a, range(1000000) b")
"""


def test_ctrl_c_while_duckdb_works_is_no_fault_of_the_hop(tmp_path):
    answer = subprocess.run(
        [sys.executable, "-c", _PRESSED, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.stderr.splitlines()[-1] == "KeyboardInterrupt"
    assert not (tmp_path / "vault.log").exists()


def test_a_query_that_another_thread_ends(tmp_path):
    with connect(threads=1) as con:
        threading.Timer(0.3, con.interrupt).start()
        with pytest.raises(duckdb.InterruptException) as ended:
            con.execute("SELECT sum(hash(a.range + b.range)) FROM range(1000000) a, range(1000000) b")
    assert faults.interrupted(ended.value)


def test_a_refusal_stays_what_it_is_also_wrapped(tmp_path):
    refusal = SafeError("E_TRIED", "What and where.")
    assert faults.explain(refusal, tmp_path) is refusal
    wrapped = RuntimeError(CANARY)
    wrapped.__cause__ = refusal
    assert faults.explain(wrapped, tmp_path) is refusal


def test_a_mistake_of_ours_is_kept_and_not_told(tmp_path):
    for error in (ValueError(CANARY), duckdb.ConversionException(CANARY), OSError(CANARY)):
        told = faults.explain(error, tmp_path)
        assert told.code == "E_UNEXPECTED"
        assert CANARY not in told.message
    assert (tmp_path / "vault.log").read_text().count(CANARY) >= 3
