"""Short hashes of what a result depends on."""

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from credential_pipeline.foundation.storage.durable import sha256

_READERS = 4
_FOLDER, _UNREAD = "folder", "unread"
_LARGEST = 4096 * 1_048_576
"""Bytes above which no YAML lets a file be read; such a file counts by its size."""


def digest_of(*parts: str) -> str:
    """Hash of texts that a result depends on, for example the YAML of an industry."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def digest_of_files(*folders: Path) -> str:
    """Hash of all files below the folders, by name and content; missing folders count as empty.

    What cannot be read, or is no regular file, counts by its name and is never opened: whoever reads the folder says so.
    """
    digest = hashlib.sha256()
    with ThreadPoolExecutor(_READERS) as readers:
        for folder in folders:
            paths = sorted(folder.rglob("*"))
            for path, content in zip(paths, readers.map(_content, paths), strict=True):
                if content != _FOLDER:
                    digest.update(f"{path.relative_to(folder)}\0{content}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()[:16]


def _content(path: Path) -> str:
    """Hash of a file, or a word for what has none."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            return _FOLDER
        if not stat.S_ISREG(facts.st_mode):
            return _UNREAD
        return sha256(path) if facts.st_size <= _LARGEST else f"{_UNREAD} {facts.st_size}"
    except OSError:
        return _UNREAD
