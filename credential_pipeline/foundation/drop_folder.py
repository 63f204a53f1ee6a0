"""Which files lie in the folder of a drop, and which of them cannot be one: folders, pipes, links to nowhere, the same file twice.

Not here: what is in them (dropped_text.py, dropped_files.py).
"""

import os
import stat
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_file
from credential_pipeline.foundation.storage.durable import sha256

PARQUET: Final = ".parquet"
CSV: Final = ".csv"
KINDS: Final = (CSV, ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", PARQUET)
"""Endings of files that may lie in a drop."""


def files_of(folder: Path, shown: str, kinds: Sequence[str] = KINDS) -> list[Path]:
    """List the files of a drop, sorted; hidden files are passed over.

    Args:
        folder: The folder.
        shown: How messages name it, for example ``education/persons``.
        kinds: Endings that its files may have.

    Raises:
        SafeError: E_DROP_MISSING if there is no folder or no file, E_DROP_FORMAT for what is no file of these kinds,
            E_DROP_UNREADABLE for a file that may not be opened.
    """
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if fault := _no_file(path):
            raise SafeError("E_DROP_FORMAT", f"{shown}/{shown_file(path)} {fault}")
        if not kind_of(path, kinds):
            message = f"{shown} holds something else than .csv and .parquet files: {shown_file(path)}; remove it"
            raise SafeError("E_DROP_FORMAT", message)
        if not os.access(path, os.R_OK):
            message = f"{shown}/{shown_file(path)} may not be opened; give the program the right to read it"
            raise SafeError("E_DROP_UNREADABLE", message)
        found.append(path)
    if not found:
        raise SafeError("E_DROP_MISSING", f"{shown} is missing or empty; put the files there as .csv or .parquet")
    return found


def kind_of(path: Path, kinds: Sequence[str] = KINDS) -> str:
    """The ending of a file that tells its kind, in small letters; empty for none of these kinds."""
    return next((kind for kind in kinds if path.name.lower().endswith(kind)), "")


def refuse_same_bytes(files: Sequence[Path], shown: str) -> None:
    """Refuse a drop in which a file lies twice.

    Args:
        files: Its files.
        shown: How messages name the folder.

    Raises:
        SafeError: E_DROP_TWICE, naming both.
    """
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in files:
        by_size[path.stat().st_size].append(path)
    for alike in by_size.values():
        seen: dict[str, Path] = {}
        for path in alike if len(alike) > 1 else ():
            first = seen.setdefault(sha256(path), path)
            if first is not path:
                raise twice(f"{shown}/{shown_file(first)}", f"{shown}/{shown_file(path)}", "are the same file")


def twice(first: str, second: str, what: str) -> SafeError:
    """Make the error for two files that are one."""
    return SafeError("E_DROP_TWICE", f"{first} and {second} {what}; remove one of them")


def _no_file(path: Path) -> str:
    """Why something is no file that can be read; empty if it is one."""
    if not path.name.isprintable():
        return "has a name with signs that cannot be printed; rename it"
    try:
        mode = path.stat().st_mode
    except OSError:
        return "is a link that leads nowhere, or cannot be looked at; remove it"
    if stat.S_ISDIR(mode):
        return "is a folder; put its files one folder up"
    return "" if stat.S_ISREG(mode) else "is a pipe or a device and no file; remove it"
