"""Drops of files in a folder, and what a loader that refuses one may say of it."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.engine import Connection, connect

CANARY = "Zyzzogeton"
Rows = Sequence[Mapping[str, str]]


def write(folder: Path, name: str, rows: Rows, columns: Sequence[str], file: str = "a.csv") -> None:
    """One file of one table."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    with (folder / name / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(rows)


def write_drop(folder: Path, tables: Mapping[str, Rows], columns: Mapping[str, Sequence[str]]) -> Path:
    """One file of each table."""
    for name, rows in tables.items():
        write(folder, name, rows, columns[name])
    return folder


def refusal(load: Callable[[Connection, Path], object], folder: Path) -> SafeError:
    """Why the loader refuses the drop: in one line, without a value of it."""
    with connect(threads=1) as con, pytest.raises(SafeError) as caught:
        load(con, folder)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value
