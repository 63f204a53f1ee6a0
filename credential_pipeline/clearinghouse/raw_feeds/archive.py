"""The bytes of every delivery, kept under their hash, so that what was sent stays in force when its file is gone."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

ARCHIVE: Final = "archive"
"""Folder of the side."""


def archive_delivery(archive: Path, sha256: str, content: bytes) -> Path:
    """Keep the bytes of a delivery as ``<archive>/<sha256>``, readable by the owner only; return the path.

    Bytes that are there already are left alone; a crash leaves no half file under the final name.
    """
    archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = archive / sha256
    if target.exists():
        return target
    handle, temporary = tempfile.mkstemp(dir=archive, prefix=".")
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    Path(temporary).replace(target)
    return target


def from_archive(archive: Path | None, sha256: str) -> bytes | None:
    """The bytes of a delivery, None if they are not kept or not what they were."""
    try:
        content = (archive / sha256).read_bytes() if archive is not None else b""
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None
