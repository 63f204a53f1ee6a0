"""Dagster's SQLite files as a run of the command line writes them: several hundred events, each committed by itself.

Dagster opens a file anew for every event and closes it again. Where nobody else has it open, closing it moves the log of its
last changes into the file and waits for the disk, as every commit does. So an idle connection keeps each file open as long as
the command works, and commits wait for the disk only when the log is moved. SQLite's promise for this mode (a write-ahead log
with ``synchronous = NORMAL``): a killed process loses nothing; a power cut may lose the last events, and never leaves a file
that contradicts itself. What is published does not hang on it: the store waits for the disk by itself.

Where Dagster keeps its records in another database, nothing happens here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def kept_open() -> Iterator[None]:
    """Keep every SQLite file with a write-ahead log open that is opened meanwhile; at the end its log is moved into it."""
    files: set[str] = set()
    with ExitStack() as idle:

        def opened(connection: object, record: object) -> None:
            del record
            if not isinstance(connection, sqlite3.Connection):
                return
            ((mode,),) = connection.execute("PRAGMA journal_mode").fetchall()
            if mode != "wal":  # the older journal needs the disk's word at every commit
                return
            connection.execute("PRAGMA synchronous = NORMAL")
            ((_, _, file), *_) = connection.execute("PRAGMA database_list").fetchall()
            if file not in files:
                files.add(file)
                idle.enter_context(closing(_idle(file)))

        event.listen(Engine, "connect", opened)
        idle.callback(event.remove, Engine, "connect", opened)
        yield


def _idle(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, check_same_thread=False)  # closed by whoever ends the command
    connection.execute("SELECT count(*) FROM sqlite_master").fetchall()  # only now is it a reader of the log
    return connection
