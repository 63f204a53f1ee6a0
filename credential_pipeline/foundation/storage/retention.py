"""How long old versions are kept: the newest few, and any that a slow reader may still hold open."""

import shutil
import time
from pathlib import Path

#: Versions kept besides the current one.
KEEP_OLD = 3
#: Seconds for which a version is kept after it was replaced, whatever their number, so that slow readers finish.
GRACE = 3_600.0


def sweep(store: Path) -> list[Path]:
    """Remove the half-written versions that killed runs left anywhere in a store.

    Call it as the store's only writer (writer.py): nobody else can be at work on one then.

    Returns:
        What was removed.
    """
    found = sorted(store.glob("*/*/.staging-*"))
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return found


def collect(folder: Path, keep: str, now: float | None = None) -> list[str]:
    """Remove old versions of a partition and what killed runs left behind.

    Call it with the partition's lock held.

    Args:
        folder: Folder of the partition.
        keep: Name of the current version.
        now: Time in seconds since the epoch; the clock's if None.

    Returns:
        Names of the versions that were removed.
    """
    now = time.time() if now is None else now
    old = sorted(
        (path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".") and path.name != keep),
        key=lambda path: (path.stat().st_mtime, path.name),
        reverse=True,
    )
    # A version was replaced when the next newer one was published, and its readers have the grace from then on.
    replaced = [newer.stat().st_mtime for newer in (folder / keep, *old)]
    doomed = [path for path, when in list(zip(old, replaced, strict=False))[KEEP_OLD:] if now - when > GRACE]
    for path in doomed:
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".staging-*"):
        if now - path.stat().st_mtime > GRACE:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".CURRENT.*.tmp"):
        path.unlink(missing_ok=True)
    return [path.name for path in doomed]
