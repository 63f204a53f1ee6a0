"""Looks for words in everything below a folder: names of files, their bytes, and what Parquet and SQLite files hold packed."""

import re
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from fnmatch import fnmatch
from pathlib import Path

import duckdb

_SQLITE = b"SQLite format 3\0"
_PARQUET = b"PAR1"


def occurrences(folder: Path, words: re.Pattern[bytes], allowed: Sequence[str] = ()) -> dict[str, set[str]]:
    """Where words stand below a folder: file -> the words, in capitals.

    Args:
        folder: The folder.
        words: What to look for.
        allowed: Patterns of files, relative to the folder, which may hold them; a star stands for anything, slashes too.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if any(fnmatch(str(place), pattern) for pattern in allowed):
            continue
        texts = [str(place).encode(), *(_contents(path) if path.is_file() else ())]
        here = {word.upper().decode() for text in texts for word in words.findall(text)}
        if here:
            found[str(place)] = here
    return found


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    if raw.startswith(_SQLITE):
        yield from _database(path)
    elif raw.startswith(_PARQUET):
        rows = duckdb.execute("SELECT CAST(t AS VARCHAR) FROM read_parquet(?) AS t", [str(path)]).fetchall()
        yield "\n".join(str(row) for (row,) in rows).encode()


def _database(path: Path) -> Iterator[bytes]:
    """Every value of every table; Dagster packs some with zlib, and a long one may be cut by a page of the file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as con:
        tables = con.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in con.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    yield value if isinstance(value, bytes) else str(value).encode()
                    if isinstance(value, bytes):
                        yield _unpacked(value)


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return b""
