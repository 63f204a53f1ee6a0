"""Finds and reads the files of an inbox without leaving it.

A link that leads out of the inbox is not followed, hidden files and unfinished uploads wait, and every other file is a
delivery, also one that will be refused: nothing that was sent disappears.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.sidecars import is_sidecar
from credential_pipeline.foundation.errors import SafeError

_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")
_MEGABYTE: Final = 1_048_576
_NOTHING: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Delivery:
    """One file of a certifier as it was found.

    Attributes:
        name: File name.
        content: The bytes, or None if ``fault`` is set.
        sha256: Hash of the bytes; of no bytes if they were not read.
        fault: Code of FILE_REASONS, or None.
    """

    name: str
    content: bytes | None
    sha256: str
    fault: str | None = None


def _refused(name: str, code: str, sha256: str = _NOTHING) -> Delivery:
    return Delivery(name, None, sha256, code)


def is_delivery(name: str) -> bool:
    """Whether a file of this name is a delivery, readable or not; hidden files and unfinished uploads wait."""
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED) and not is_sidecar(name)


def delivery_names(inbox: Path, industry: str, certifier: str) -> list[str]:
    """Names of a certifier's deliveries, sorted.

    Raises:
        SafeError: E_NO_DELIVERY if there is no folder or no file, E_INBOX if the folder leads out of the inbox or a
            file name holds a control character.
    """
    shown = f"inbox/{industry}/{certifier}"
    folder = inbox / industry / certifier
    if not folder.is_dir():
        message = f"the folder {shown} is missing; create it and put the deliveries of {certifier} into it as .csv"
        raise SafeError("E_NO_DELIVERY", message)
    if not folder.resolve().is_relative_to(inbox.resolve()):
        raise SafeError("E_INBOX", f"the folder {shown} leads out of the inbox; replace the link by a folder")
    try:
        names = sorted(file.name for file in folder.iterdir())
    except OSError:
        raise SafeError("E_INBOX", f"the folder {shown} cannot be read; check its permissions") from None
    found = [name for name in names if is_delivery(name)]
    if not all(name.isprintable() for name in found):
        raise SafeError("E_INBOX", f"a file name in {shown} holds a control character; rename the file")
    if not found:
        raise SafeError("E_NO_DELIVERY", f"the folder {shown} holds no file; put the deliveries of {certifier} into it")
    return found


def read_delivery(inbox: Path, industry: str, certifier: str, name: str, max_megabytes: int) -> Delivery:
    """Read one file; what is wrong with the file as a whole comes back as ``fault``, never as an exception.

    Args:
        inbox: Root of all inboxes.
        industry: Industry's name.
        certifier: Certifier's name.
        name: File name out of ``delivery_names``.
        max_megabytes: Size in MiB (1,048,576 bytes) above which the file is refused unread.
    """
    path = inbox / industry / certifier / name
    if not path.resolve().is_relative_to(inbox.resolve()):
        return _refused(name, "E_LINK")
    try:
        # resolve() first and O_NOFOLLOW then: a link that is swapped in between is not followed.
        handle = os.open(path.resolve(), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return _refused(name, "E_UNREADABLE")
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode):
        os.close(handle)
        return _refused(name, "E_LINK")
    with os.fdopen(handle, "rb") as file:
        if not name.lower().endswith(".csv"):
            return _refused(name, "E_FORMAT", hashlib.file_digest(file, "sha256").hexdigest())
        if facts.st_size > max_megabytes * _MEGABYTE:
            return _refused(name, "E_TOO_LARGE", hashlib.file_digest(file, "sha256").hexdigest())
        content = file.read()
    return Delivery(name, content, hashlib.sha256(content).hexdigest())
