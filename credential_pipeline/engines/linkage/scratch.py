"""Temporary tables and views that do not outlive the work they were made for. Not here: what is in them."""

from collections.abc import Iterator
from contextlib import contextmanager

from credential_pipeline.foundation.storage.engine import Connection


@contextmanager
def scratch(con: Connection) -> Iterator[None]:
    """Drop, whatever happens, the temporary tables and views that are made inside the block."""
    before = _temporary(con)
    try:
        yield
    finally:
        for kind, name in sorted(_temporary(con) - before, reverse=True):
            con.execute(f'DROP {kind} IF EXISTS temp."{name}"')


def _temporary(con: Connection) -> set[tuple[str, str]]:
    tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    views = con.execute("SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal").fetchall()
    return {("TABLE", row[0]) for row in tables} | {("VIEW", row[0]) for row in views}
