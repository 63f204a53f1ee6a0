"""Puts a release's public files where readers find them: all files change at one instant, or none does.

``<industry>/<release>`` is a link to a folder named by content, so that replacing the link is the one commit point: a
release whose words were mended is never seen half mended, nor missing.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from credential_pipeline.foundation.storage.durable import flush, sha256, write_atomically

FRONT = "report.html"
"""The front page of a report; chapters are named after it: ``report-work.html``."""
LATEST = "LATEST"
_CONTENT = ".content"


def report_path(home: Path, industry: str, release: str) -> Path:
    """Where the front page of a release's report lies; its chapters lie beside it."""
    return home / industry / release / FRONT


def whole(folder: Path) -> bool:
    """Whether the folder of a release has every file that its manifest lists, each chapter of the report, too."""
    try:
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return False
    return all((folder / one["path"]).is_file() for one in listed)


@contextmanager
def place(folder: Path, release: str) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well it becomes ``<folder>/<release>``.

    Args:
        folder: Public folder of the industry.
        release: Id of the release.
    """
    content = folder / _CONTENT
    content.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = content / f".part-{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o755)
    try:
        yield part
        for path in sorted(part.iterdir()):
            path.chmod(0o644)
            flush(path)
        target = content / f"{release}-{sha256(part / 'manifest.json')[:16]}"
        if target.exists() and not whole(target):
            target.replace(content / f".gone-{os.getpid()}")
        if not target.exists():
            part.replace(target)
        for readable in (folder, content, target):
            readable.chmod(0o755)
            flush(readable)
        _link(folder / release, target)
    finally:
        for left in (part, content / f".gone-{os.getpid()}"):
            shutil.rmtree(left, ignore_errors=True)


def remove(folder: Path, release: str) -> None:
    """Take a withdrawn release away, with every content that it had."""
    (folder / release).unlink(missing_ok=True)
    for content in (folder / _CONTENT).glob(f"{release}-*"):
        shutil.rmtree(content)
    flush(folder)


def point(folder: Path, release: str) -> None:
    """Name the current release in ``LATEST``; without one the file goes."""
    if release:
        write_atomically(folder / LATEST, release.encode(), mode=0o644)
    else:
        (folder / LATEST).unlink(missing_ok=True)


def _link(link: Path, target: Path) -> None:
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.relative_to(link.parent), target_is_directory=True)
    temporary.replace(link)
    flush(link.parent)
