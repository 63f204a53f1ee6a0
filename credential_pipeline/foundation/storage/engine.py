"""The DuckDB engine: an in-memory connection with a memory limit and a spill folder.

Not here: where tables live (snapshots.py) and what is computed (the hops).
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb

from credential_pipeline.foundation.errors import SafeError

Connection = duckdb.DuckDBPyConnection
Connect = Callable[[], AbstractContextManager[Connection]]


def configure(con: Connection, spill: Path | None = None) -> Connection:
    """Set what every connection of the product shares; return the connection.

    Args:
        con: An open in-memory connection.
        spill: Folder for what does not fit into memory; the system's temporary folder if None.
    """
    folder = spill or Path(tempfile.gettempdir()) / f"credential-pipeline-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise SafeError("E_SPILL", f"The spill folder {folder} belongs to somebody else; remove it or choose another.")
    con.execute("SET temp_directory = ?", [str(folder)])
    con.execute("SET preserve_insertion_order = true")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET TimeZone = 'UTC'")
    return con


@contextmanager
def connect(
    memory_limit: str | None = None, threads: int | None = None, spill: Path | None = None
) -> Iterator[Connection]:
    """Open an in-memory connection and close it whatever happens.

    Args:
        memory_limit: Memory that the connection may use, for example ``"3GB"``; what DuckDB takes by itself if None.
        threads: Number of threads; all cores if None.
        spill: Folder for what does not fit into memory.
    """
    con = duckdb.connect()
    try:
        if memory_limit is not None:
            con.execute("SET memory_limit = ?", [memory_limit])
        if threads is not None:
            con.execute("SET threads = ?", [threads])
        yield configure(con, spill)
    finally:
        con.close()
