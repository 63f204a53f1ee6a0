"""Open a verified package into private files that are gone when the block ends.

A damaged age file makes the library fail with most of the plaintext already written, so nothing is given out before the
hash, rows and columns of every file agree with the manifest. Not here: loading tables (receive.py).
"""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyrage

from credential_pipeline.engines.handover.keys import Identity, VerifyKey
from credential_pipeline.engines.handover.manifest import PackageManifest
from credential_pipeline.engines.handover.package import describe_files, label, verify
from credential_pipeline.engines.handover.parts import PartsReader, part_name
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.private_files import (
    private_folder,
    sha256_file,
    write_failure,
)

_OPENED = ".opened-"


@dataclass(frozen=True)
class OpenedPackage:
    """The plaintext of a package, for as long as the block lasts.

    Attributes:
        manifest: What the package says.
        files: Name to the private Parquet file.
    """

    manifest: PackageManifest
    files: dict[str, Path]


@contextmanager
def open_package(
    package_dir: Path,
    sender_public_key: VerifyKey,
    identity: Identity,
    recipient_name: str,
    today: date,
    *,
    work: Path,
) -> Iterator[OpenedPackage]:
    """Verify and decrypt a package; the plaintext is removed when the block ends, however it ends.

    Args:
        package_dir: The package.
        sender_public_key: Whom it must be from.
        identity: Our private key.
        recipient_name: Who we are, as the agreement names us.
        today: The day, to compare with the agreement's last one.
        work: Folder on our own disk for the plaintext (mode 0700; files 0600).

    Raises:
        SafeError: As :func:`~credential_pipeline.engines.handover.package.verify`; ``E_WRONG_KEY``, ``E_PACKAGE_ALTERED``,
            ``E_NOSPC`` or ``E_WRITE``.
    """
    manifest = verify(package_dir, sender_public_key, recipient_name, today)
    if manifest.content.recipient_key != identity.recipient.fingerprint:
        raise _wrong_key(package_dir)
    with _private_place(work) as place:
        try:
            files = {
                name: _decrypt(package_dir, name, place / f"{name}.parquet", identity, manifest)
                for name in manifest.content.files
            }
            _check_facts(package_dir, files, manifest)
        except OSError as error:
            raise write_failure(error, work) from None
        yield OpenedPackage(manifest, files)


@contextmanager
def _private_place(work: Path) -> Iterator[Path]:
    try:
        private_folder(work)
        sweep(work)
        place = Path(tempfile.mkdtemp(prefix=_OPENED, dir=work))
        lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise write_failure(error, work) from None
    try:
        # Held while the block runs, so that the sweep of another process leaves this folder alone.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def sweep(work: Path) -> int:
    """Remove plaintext that a killed process left in a work folder; return the number of folders removed."""
    removed = 0
    for leftover in sorted(work.glob(f"{_OPENED}*")):
        try:
            lock = os.open(leftover, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(leftover, ignore_errors=True)
            removed += 1
        except BlockingIOError:
            continue
        finally:
            os.close(lock)
    return removed


def _decrypt(package_dir: Path, name: str, target: Path, identity: Identity, manifest: PackageManifest) -> Path:
    altered = _altered(package_dir, name)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    parts = [package_dir / part_name(name, place) for place, _ in enumerate(manifest.sealed[name], start=1)]
    with os.fdopen(descriptor, "wb") as writer, PartsReader(parts) as reader:
        try:
            pyrage.decrypt_io(reader, writer, [identity.age])
        except pyrage.DecryptError:
            raise _wrong_key(package_dir) from None
        except OSError as error:
            # The library reports damage as OSError, too; only a full disk is one in truth.
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise altered from None
    if sha256_file(target)[0] != manifest.content.files[name].sha256:
        raise altered
    return target


def _check_facts(package_dir: Path, files: dict[str, Path], manifest: PackageManifest) -> None:
    try:
        found = describe_files(files)
    except duckdb.Error:
        found = {}
    for name, facts in manifest.content.files.items():
        rows, columns = found.get(name, (-1, {}))
        # Two dictionaries are equal in any order; columns are not.
        if rows != facts.rows or list(columns.items()) != list(facts.columns.items()):
            raise _altered(package_dir, name)


def _altered(package_dir: Path, name: str) -> SafeError:
    message = (
        f"{label(package_dir)} does not hold what its manifest says ({name}): nothing was kept; "
        f"remove it and ask the sender for a new copy."
    )
    return SafeError("E_PACKAGE_ALTERED", message)


def _wrong_key(package_dir: Path) -> SafeError:
    message = (
        f"{label(package_dir)} is encrypted for another key than ours: use the identity whose public half the sender "
        f"has, or send the sender the right one and ask for a new package."
    )
    return SafeError("E_WRONG_KEY", message)
