"""Short hashes of what a result depends on."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from credential_pipeline.foundation.storage.durable import sha256

_READERS = 4


def digest_of(*parts: str) -> str:
    """Hash of texts that a result depends on, for example the YAML of an industry."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def digest_of_files(*folders: Path) -> str:
    """Hash of all files below the folders, by name and content; missing folders count as empty."""
    digest = hashlib.sha256()
    with ThreadPoolExecutor(_READERS) as readers:
        for folder in folders:
            paths = sorted(path for path in folder.rglob("*") if path.is_file())
            for path, content in zip(paths, readers.map(sha256, paths), strict=True):
                digest.update(f"{path.relative_to(folder)}\0{content}\n".encode())
    return digest.hexdigest()[:16]
