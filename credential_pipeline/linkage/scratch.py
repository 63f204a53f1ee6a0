"""Temporary tables that do not outlive the work they were made for. Not here: what is in them."""

from collections.abc import Iterator
from contextlib import contextmanager

from credential_pipeline.storage.engine import Connection


@contextmanager
def scratch(con: Connection) -> Iterator[None]:
    """Drop, whatever happens, the temporary tables that are made inside the block."""
    before = _temporary(con)
    try:
        yield
    finally:
        for table in sorted(_temporary(con) - before):
            con.execute(f'DROP TABLE IF EXISTS temp."{table}"')


def _temporary(con: Connection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()}
