"""Short hashes of what a result depends on."""

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from credential_pipeline.foundation.storage.durable import sha256

_READERS = 4
_FOLDER, _UNREAD = "folder", "unread"


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
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            return _FOLDER
        return sha256(path) if stat.S_ISREG(kind) else _UNREAD
    except OSError:
        return _UNREAD
