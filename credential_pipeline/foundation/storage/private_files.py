"""Files that only their owner may read, and files that are written whole or not at all.

Not here: what the files mean (keys.py, package.py).
"""

import errno
import hashlib
import os
import secrets
import stat
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import flush

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_CHUNK = 1 << 20
_LARGEST_SMALL_FILE = 1 << 20


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may enter, or check the one that is there.

    Raises:
        SafeError: ``E_FOLDER_PERMISSIONS`` if it is a symlink or others may write into it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    check_folder(folder)
    return folder


def check_folder(folder: Path) -> None:
    """Refuse a folder that is a symlink or that others may write into.

    Raises:
        FileNotFoundError: There is none.
        SafeError: ``E_FOLDER_PERMISSIONS``.
    """
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022:
        message = (
            f"Folder {folder} must be a real folder that only its owner can write to: "
            f"replace a symlink by the folder itself and run chmod 700 on it."
        )
        raise SafeError("E_FOLDER_PERMISSIONS", message)


def write_bytes(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file that must not exist yet, and flush it to the disk.

    Raises:
        FileExistsError: The path is taken, by a file or by a symlink.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def create_once(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> bool:
    """Give ``path`` its content whole, unless it has one already.

    Returns:
        True if this call made the file, False if it was there.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        write_bytes(part, content, mode)
        # A hard link fails if the name is taken, where a rename would overwrite a key that is in use.
        os.link(part, path, follow_symlinks=False)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    flush(path.parent)
    return True


def open_regular(path: Path) -> int:
    """Open a regular file for reading without following a symlink; return the descriptor.

    Raises:
        FileNotFoundError: There is no such file.
        SafeError: ``E_NOT_A_FILE`` if the path is a symlink, a folder or a device.
    """
    message = f"{path} must be a regular file, not a symlink, folder or device: replace it by the file itself."
    try:
        # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO, errno.ENOTDIR}:
            raise SafeError("E_NOT_A_FILE", message) from None
        if error.errno == errno.ENAMETOOLONG:
            raise FileNotFoundError from None  # No file can have this name.
        raise SafeError("E_READ", f"{path} can't be read: check who owns it and that the disk is sound.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SafeError("E_NOT_A_FILE", message)
    return descriptor


def read_small(path: Path) -> bytes:
    """Read a regular file of at most 1 MiB.

    Raises:
        FileNotFoundError: There is no such file.
        SafeError: ``E_NOT_A_FILE``, or ``E_FILE_TOO_LARGE``.
    """
    with os.fdopen(open_regular(path), "rb") as handle:
        content = handle.read(_LARGEST_SMALL_FILE + 1)
    if len(content) > _LARGEST_SMALL_FILE:
        raise SafeError("E_FILE_TOO_LARGE", f"{path} is larger than 1 MiB, so it is not what it should be: replace it.")
    return content


def read_private(path: Path) -> bytes:
    """Read a secret, if nobody but its owner can.

    Raises:
        FileNotFoundError: There is no such file.
        SafeError: ``E_KEY_SYMLINK``, or ``E_KEY_PERMISSIONS``.
    """
    if path.is_symlink():
        raise SafeError("E_KEY_SYMLINK", f"Key file {path} is a symlink: put the key file itself there.")
    descriptor = open_regular(path)
    with os.fdopen(descriptor, "rb") as handle:
        found = os.fstat(descriptor)
        if found.st_mode & 0o077:
            message = f"Key file {path} can be read by others: run chmod 600 on it, and replace the key if it was seen."
            raise SafeError("E_KEY_PERMISSIONS", message)
        if found.st_uid not in {os.geteuid(), 0}:
            message = f"Key file {path} belongs to somebody else: make it the property of the account that runs this."
            raise SafeError("E_KEY_PERMISSIONS", message)
        return handle.read()


def read_public(path: Path) -> bytes:
    """Read a small file that everybody may read and nobody but its owner may change, such as a public key.

    Raises:
        FileNotFoundError: There is no such file.
        SafeError: ``E_NOT_A_FILE``, ``E_FILE_TOO_LARGE``, or ``E_KEY_PERMISSIONS``.
    """
    content = read_small(path)
    if path.lstat().st_mode & 0o022:
        message = f"Key file {path} can be changed by others: confirm its fingerprint, then run chmod 644 on it."
        raise SafeError("E_KEY_PERMISSIONS", message)
    return content


def sha256_file(path: Path) -> tuple[str, int]:
    """Hash a regular file.

    Returns:
        SHA-256 in hex, and the size in bytes.
    """
    digest = hashlib.sha256()
    size = 0
    with os.fdopen(open_regular(path), "rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def write_failure(error: OSError, folder: Path) -> SafeError:
    """Turn a failed write into a refusal that says what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return SafeError("E_NOSPC", f"No space left for {folder}: free some and run again; nothing was handed over.")
    return SafeError("E_WRITE", f"Can't write to {folder}: check that it exists and is writable, then run again.")
