"""Finds and reads the files of an inbox without leaving it.

A link that leads out of the inbox is not followed, hidden files and unfinished uploads wait, and every other file is a
delivery, also one that will be refused: nothing that was sent disappears. What is passed over is told by :func:`overlooked`.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from credential_pipeline.clearinghouse.raw_feeds.reading.blocks import MEGABYTE
from credential_pipeline.clearinghouse.raw_feeds.sidecars import is_sidecar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import NO_BYTES, shown_file
from credential_pipeline.foundation.registry.feeds import Feed

INBOX: Final = "inbox"
"""Folder of the side, in which a folder for each industry holds one for each certifier."""
_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload", ".partial", ".download", ".!ut")
_JUNK: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db"})
"""What file managers leave in folders, besides the lock files of office programs."""
_LOCKS: Final = ("~$", ".~lock.", "._")
_TEXT: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "csv": _TEXT,
    "fixed": (*_TEXT, ".dat", ".dat.gz"),
    "xlsx": (".xlsx",),
    "badges": (".json", ".json.gz"),
}
"""Format of a feed -> how the names of its files may end."""


@dataclass(frozen=True)
class Delivery:
    """One file of a certifier as it was found.

    Attributes:
        name: File name, with an escape for what cannot be shown.
        content: The bytes, or None if ``fault`` is set.
        sha256: Hash of the bytes; of no bytes if they were not read.
        fault: Code of FILE_REASONS, or None.
        detail: What else can safely be said of the fault.
    """

    name: str
    content: bytes | None
    sha256: str
    fault: str | None = None
    detail: str = ""


def _refused(name: str, code: str, detail: str = "", sha256: str = NO_BYTES) -> Delivery:
    return Delivery(name, None, sha256, code, detail)


def shown_name(name: str) -> str:
    """A file name as it can be stored: bytes that are no UTF-8 and signs that cannot be printed are escaped."""
    text = os.fsencode(name).decode("utf-8", errors="backslashreplace")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def is_junk(name: str) -> bool:
    """Whether a file is none that anybody sent, but left behind by a file manager or an office program."""
    return name.lower() in _JUNK or name.startswith(_LOCKS)


def is_delivery(name: str) -> bool:
    """Whether a file of this name is a delivery, readable or not; hidden files and unfinished uploads wait."""
    passed_over = name.startswith(".") or name.lower().endswith(_UNFINISHED) or is_junk(name) or is_sidecar(name)
    return not passed_over


def may_be_read(name: str) -> bool:
    """Whether files of some format may end as this one does; others are refused by their names, whatever they hold."""
    return name.lower().endswith(tuple({ending for endings in ENDINGS.values() for ending in endings}))


def delivery_names(inbox: Path, industry: str, certifier: str) -> list[str]:
    """Names of a certifier's deliveries, sorted; folders within are none.

    Raises:
        SafeError: E_NO_DELIVERY if there is no folder or no file, E_INBOX if the folder leads out of the inbox.
    """
    shown = f"inbox/{industry}/{certifier}"
    folder = inbox / industry / certifier
    if not _is_folder(folder):
        message = f"the folder {shown} is missing; create it and put the deliveries of {certifier} into it"
        raise SafeError("E_NO_DELIVERY", message)
    if not _within(folder, inbox):
        raise SafeError("E_INBOX", f"the folder {shown} leads out of the inbox; replace the link by a folder")
    try:
        entries = list(os.scandir(folder))
    except OSError:
        raise SafeError("E_INBOX", f"the folder {shown} cannot be read; check its permissions") from None
    found = sorted(
        entry.name for entry in entries if is_delivery(entry.name) and not entry.is_dir(follow_symlinks=False)
    )
    if not found:
        raise SafeError("E_NO_DELIVERY", f"the folder {shown} holds no file; put the deliveries of {certifier} into it")
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _within(path: Path, inbox: Path) -> bool:
    """Whether a path stays in the inbox; one that runs in a circle does not."""
    try:
        return path.resolve().is_relative_to(inbox.resolve())
    except (OSError, RuntimeError):
        return False


def read_delivery(inbox: Path, industry: str, certifier: str, name: str, feed: Feed) -> Delivery:
    """Read one file; what is wrong with the file as a whole comes back as ``fault``, never as an exception.

    Args:
        inbox: Root of all inboxes.
        industry: Industry's name.
        certifier: Certifier's name.
        name: File name out of ``delivery_names``.
        feed: How the certifier's files are written, and from which size on they are refused unread.
    """
    path, shown = inbox / industry / certifier / name, shown_name(name)
    if shown != name:
        return _refused(shown, "E_NAME")
    if not _within(path, inbox):
        return _refused(shown, "E_LINK")
    try:
        # resolve() first and O_NOFOLLOW then: a link that is swapped in between is not followed.
        handle = os.open(path.resolve(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, RuntimeError):
        return _refused(shown, "E_LINK" if _is_special(path) else "E_UNREADABLE")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return _refused(shown, "E_LINK")
    with os.fdopen(handle, "rb") as file:
        return _read(file, shown, feed)


def _read(file: BinaryIO, name: str, feed: Feed) -> Delivery:
    """What an open file holds, if it is one and may be read whole."""
    facts = os.fstat(file.fileno())
    if facts.st_size > feed.max_megabytes * MEGABYTE:
        return _refused(name, "E_TOO_LARGE")
    try:
        content = file.read()
    except OSError:
        return _refused(name, "E_UNREADABLE")
    digest = hashlib.sha256(content).hexdigest()
    if not name.lower().endswith(ENDINGS[feed.format]):
        return _refused(name, "E_FORMAT", f"the YAML says {feed.format}: {', '.join(ENDINGS[feed.format])}", digest)
    return Delivery(name, content, digest)


def _is_special(path: Path) -> bool:
    """Whether what cannot be opened is a socket or another thing that is no file."""
    try:
        kind = path.stat().st_mode
    except (OSError, RuntimeError):
        return False
    return not stat.S_ISREG(kind)


def overlooked(inbox: Path, industry: str, certifiers: Iterable[str]) -> list[tuple[str, str]]:
    """What lies in an industry's inbox and is no delivery: place, by names that are safe to show, and a key of OVERLOOKED.

    Args:
        inbox: Root of all inboxes.
        industry: Industry's name.
        certifiers: Names of its certifiers.
    """
    known, folder = frozenset(certifiers), inbox / industry
    found = [] if not _within(folder, inbox) else list(_overlooked(folder, known, f"inbox/{industry}"))
    for name in sorted(known):
        if _is_folder(folder / name) and _within(folder / name, inbox):
            found += _overlooked(folder / name, None, f"inbox/{industry}/{name}")
    return sorted(found)


def _overlooked(folder: Path, known: frozenset[str] | None, place: str) -> Iterator[tuple[str, str]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        code = _why(entry, known)
        if code is not None:
            yield f"{place}/{entry.name if entry.name.lower() in _JUNK else shown_file(folder / entry.name)}", code


def _why(entry: os.DirEntry[str], known: frozenset[str] | None) -> str | None:
    """Why an entry of an industry's folder, or of a certifier's if no certifier is known below it, is passed over; None if it is not."""
    if is_junk(entry.name):
        return "JUNK"
    if entry.name.startswith("."):
        return "HIDDEN"
    if entry.name.lower().endswith(_UNFINISHED):
        return "UNFINISHED"
    if _is_folder(Path(entry.path)):
        if known is None:
            return "SUBFOLDER"
        return None if entry.name in known else "UNKNOWN_CERTIFIER"
    return None if known is None else "WRONG_PLACE"
