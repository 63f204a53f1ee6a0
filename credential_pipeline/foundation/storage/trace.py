"""That something was ever published, and in what order: one line for each publication, kept beside the store.

Versions of a snapshot that hands something on to the next one, such as learner ids, must never be mistaken for the first.
So the trace lies outside the store's own folder and survives when a partition, or the whole store, is lost or removed.
Not here: what the versions are (manifest.py) and which of them are still there (snapshots.py).
"""

import json
import os
from pathlib import Path

from credential_pipeline.foundation.storage.durable import flush
from credential_pipeline.foundation.storage.manifest import Manifest


def folder(root: Path) -> Path:
    """Where the traces of a store are: ``<root>.published``, a folder for each partition."""
    return root.with_name(f"{root.name}.published")


def path_of(root: Path, snapshot: str, partition: str) -> Path:
    """Where the trace of a partition is: ``<root>.published/<partition>/<snapshot>.jsonl``."""
    return folder(root) / partition / f"{snapshot}.jsonl"


def add(path: Path, facts: Manifest) -> None:
    """Append a publication; on disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps({"version": facts.version, "run_id": facts.run_id, "published_at": facts.published_at})
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    flush(path.parent)


def exists(path: Path) -> bool:
    """Whether anything was ever published, as far as the trace knows."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def places(path: Path) -> dict[str, int]:
    """Where each version stands in the order of publications, whatever the clocks of that time said; the last time counts.

    Lines that cannot be read are passed over.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, int] = {}
    for place, line in enumerate(lines):
        try:
            found[str(json.loads(line)["version"])] = place
        except (ValueError, TypeError, KeyError):
            continue
    return found
