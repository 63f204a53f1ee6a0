"""Seal a package and verify one.

A package is a folder ``<package id>/`` with ``manifest.json``, ``manifest.sig`` and a ``<name>.parquet.age`` per file, which
above 4 GiB, the largest file that many transfer services take, goes on in ``<name>.parquet.age.2`` and so on.
age (https://age-encryption.org/v1) keeps the content secret but does not say who wrote it, so the manifest, which
holds every hash, is signed. Not here: the way to the inbox (delivery.py) and
decryption (opening.py).
"""

import base64
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyrage

from credential_pipeline.engines.handover.agreement import refuse_expired, refuse_other_key, refuse_withheld
from credential_pipeline.engines.handover.keys import Recipient, SigningKey, VerifyKey
from credential_pipeline.engines.handover.manifest import (
    CipherFacts,
    Content,
    FileFacts,
    ManifestFacts,
    PackageManifest,
    is_file_name,
    parse,
)
from credential_pipeline.engines.handover.parts import PartsWriter, part_name
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import exclusive, flush
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.private_files import (
    open_regular,
    private_folder,
    read_small,
    sha256_file,
    write_bytes,
    write_failure,
)

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PART = ".part-"
_LARGEST_PART = 4 << 30


@dataclass(frozen=True)
class SealedPackage:
    """A package that is ready to travel.

    Attributes:
        folder: Where it lies.
        manifest: What it says.
        reused: True if the same content had been sealed before and that package was taken.
    """

    folder: Path
    manifest: PackageManifest
    reused: bool

    @property
    def package_id(self) -> str:
        """Hash of the content."""
        return self.manifest.package_id


def seal(
    files: dict[str, Path],
    out_dir: Path,
    manifest_facts: ManifestFacts,
    signing_key: SigningKey,
    recipient: Recipient,
    *,
    before_publish: Callable[[PackageManifest], None] | None = None,
) -> SealedPackage:
    """Encrypt, sign and place a package; the same content, parties and keys give the same package again.

    Content that was sent before, and other content since, is sealed anew under the next number.

    Args:
        files: Name (a table's) to its Parquet file.
        out_dir: Folder that receives ``<package id>/``.
        manifest_facts: Kind, industry and agreement.
        signing_key: The sender's private key.
        recipient: The only key that opens the package.
        before_publish: Called when the package is complete and before it appears under its name; if it fails, nothing
            appears. Called for a package that is taken again, too.

    Raises:
        SafeError: ``E_PACKAGE_FILES`` if a file can't be packed, ``E_WRONG_KEY`` or ``E_NOT_AGREED`` if the agreement does
            not let these columns go to this key, ``E_NOSPC`` or ``E_WRITE`` if the disk refuses, or what :func:`verify` says
            of a damaged package of the same id that is already there.
    """
    where = f"{manifest_facts.kind} of {manifest_facts.industry}"
    refuse_other_key(manifest_facts.agreement, recipient.fingerprint, where)
    content = Content.of(manifest_facts, _describe(files), signing_key.public.fingerprint, recipient.fingerprint)
    refuse_withheld(manifest_facts.agreement, files, where)
    folder = out_dir / content.package_id
    announce = before_publish or (lambda _manifest: None)
    try:
        private_folder(out_dir)
        with exclusive(out_dir):
            last = max([manifest_facts.sent, *(one.number for one in _others(out_dir, folder, signing_key.public))])
            if folder.exists():
                manifest = check_package(folder, signing_key.public)
                if manifest.number >= last:
                    announce(manifest)
                    return SealedPackage(folder, manifest, reused=True)
            manifest_facts = replace(manifest_facts, sent=last)
            manifest = _write(
                files, folder, content, manifest_facts, signing_key=signing_key, recipient=recipient, announce=announce
            )
            return SealedPackage(folder, manifest, reused=False)
    except OSError as error:
        raise write_failure(error, out_dir) from None


def packages(folder: Path, sender: VerifyKey | None = None) -> list[Path]:
    """The packages of a folder, by name, none of them verified; empty if there is no such folder.

    Args:
        folder: An outbox or a transfer folder.
        sender: Leaves out what was signed with a key that the sender's present one took the place of.
    """
    try:
        found = sorted(entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except FileNotFoundError:
        return []
    return [package for package in found if sender is None or _signer(package) not in sender.retired]


def verify(package_dir: Path, sender_public_key: VerifyKey, recipient_name: str, today: date) -> PackageManifest:
    """Check everything that can be checked before the first row is read.

    Args:
        package_dir: The package.
        sender_public_key: Whom it must be from.
        recipient_name: Who we are, as the agreement names us.
        today: The day, to compare with the agreement's last one.

    Raises:
        SafeError: ``E_PACKAGE_MISSING``, ``E_PACKAGE_UNEXPECTED``, ``E_PACKAGE_ALTERED``, ``E_PACKAGE_FORMAT``,
            ``E_WRONG_SIGNER``, ``E_WRONG_RECIPIENT`` or ``E_AGREEMENT_EXPIRED``.
    """
    manifest = read_manifest(package_dir, sender_public_key)
    where = label(package_dir)
    if manifest.content.recipient != recipient_name:
        message = f"{where} is meant for another recipient: do not open it, tell the sender and remove it."
        raise SafeError("E_WRONG_RECIPIENT", message)
    refuse_expired(manifest.content.agreement_id, manifest.content.expires, today, where)
    _check_files(package_dir, manifest)
    return manifest


def check_package(package_dir: Path, sender_public_key: VerifyKey) -> PackageManifest:
    """Check that a package is whole and from this sender, whoever may open it."""
    manifest = read_manifest(package_dir, sender_public_key)
    _check_files(package_dir, manifest)
    return manifest


def read_manifest(package_dir: Path, sender_public_key: VerifyKey) -> PackageManifest:
    """Read the manifest after its signature was checked; the files are not looked at.

    Raises:
        SafeError: ``E_PACKAGE_MISSING``, ``E_WRONG_SIGNER``, ``E_PACKAGE_ALTERED`` or ``E_PACKAGE_FORMAT``.
    """
    where = label(package_dir)
    if package_dir.is_symlink() or not package_dir.is_dir():
        message = f"{where} is not there as a folder of its own: ask the sender for it, or correct the path."
        raise SafeError("E_PACKAGE_MISSING", message)
    try:
        body = read_small(package_dir / MANIFEST)
        signer, encoded = read_small(package_dir / SIGNATURE).decode("ascii").split()
        signature = base64.b64decode(encoded, validate=True)
    except FileNotFoundError:
        message = f"{where} lacks its manifest or the signature of it: ask the sender for the whole package."
        raise SafeError("E_PACKAGE_MISSING", message) from None
    except ValueError:
        raise _altered(where, SIGNATURE) from None
    if signer != sender_public_key.fingerprint:
        message = (
            f"{where} is signed with a key that is not the expected sender's: do not open it, and ask the sender "
            f"whether the key was changed."
        )
        raise SafeError("E_WRONG_SIGNER", message)
    if not sender_public_key.signed(signature, body):
        raise _altered(where, MANIFEST)
    return parse(body, where)


def label(package_dir: Path) -> str:
    """How messages name a package."""
    return f"Package {package_dir.name} in {package_dir.parent}"


def describe_files(files: dict[str, Path]) -> dict[str, tuple[int, dict[str, str]]]:
    """Rows and columns (name to DuckDB type, in order) of Parquet files, by the names that they were given.

    Raises:
        duckdb.Error: One is no sound Parquet file.
    """
    found = {}
    with connect(threads=1) as con:
        for name, path in files.items():
            columns = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            rows = con.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()
            found[name] = int(rows[0][0]), {str(column): str(kind) for column, kind, *_ in columns}
    return found


def _signer(package_dir: Path) -> str:
    """Who says to have signed a package; nothing is verified."""
    try:
        return read_small(package_dir / SIGNATURE).decode("ascii").partition(" ")[0]
    except (FileNotFoundError, ValueError, SafeError):
        return ""


def _others(out_dir: Path, folder: Path, sender: VerifyKey) -> list[PackageManifest]:
    return [read_manifest(other, sender) for other in packages(out_dir, sender) if other != folder]


def _describe(files: dict[str, Path]) -> dict[str, FileFacts]:
    if not files or not all(map(is_file_name, files)):
        message = "A package needs at least one file, named in small letters, digits and underscores: correct the list."
        raise SafeError("E_PACKAGE_FILES", message)
    try:
        hashes = _hashes(files)
        return {name: FileFacts(hashes[name], *facts) for name, facts in describe_files(files).items()}
    except (FileNotFoundError, duckdb.Error):
        message = (
            f"A file of {', '.join(sorted(files))} is missing or no sound Parquet file: "
            f"run the hop that makes it again."
        )
        raise SafeError("E_PACKAGE_FILES", message) from None


def _hashes(files: dict[str, Path]) -> dict[str, str]:
    return {name: sha256_file(path)[0] for name, path in sorted(files.items())}


def _write(
    files: dict[str, Path],
    folder: Path,
    content: Content,
    facts: ManifestFacts,
    *,
    signing_key: SigningKey,
    recipient: Recipient,
    announce: Callable[[PackageManifest], None],
) -> PackageManifest:
    remove_leftovers(folder.parent, content.package_id)
    part = Path(tempfile.mkdtemp(prefix=f"{PART}{content.package_id}-", dir=folder.parent))
    try:
        sealed = {name: _encrypt(path, part, name, recipient) for name, path in sorted(files.items())}
        when = facts.sealed_at.isoformat() if facts.sealed_at else None
        manifest = PackageManifest(content, sealed, facts.sent + 1, facts.ledger, when)
        body = manifest.as_bytes()
        signature = base64.b64encode(signing_key.private.sign(body)).decode()
        write_bytes(part / MANIFEST, body)
        write_bytes(part / SIGNATURE, f"{signing_key.public.fingerprint} {signature}\n".encode())
        # A source that changed while it was read would give a package that nobody can open.
        if _hashes(files) != {name: facts.sha256 for name, facts in content.files.items()}:
            message = f"A file of {content.kind} changed while it was sealed: wait for the writer, then run again."
            raise SafeError("E_PACKAGE_FILES", message)
        check_package(part, signing_key.public)
        announce(manifest)
        appear(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest


def _encrypt(source: Path, folder: Path, name: str, recipient: Recipient) -> tuple[CipherFacts, ...]:
    parts = PartsWriter(folder, name, _LARGEST_PART)
    with os.fdopen(open_regular(source), "rb") as reader:
        try:
            pyrage.encrypt_io(reader, parts, [recipient.age])
        except (pyrage.EncryptError, OSError) as error:
            raise parts.failed or error from None
    # The library's own error says nothing of a full disk under what it wrote, if it tells one at all.
    if parts.failed is not None:
        raise parts.failed
    parts.close()
    return tuple(CipherFacts(*sha256_file(path)) for path in parts.paths)


def appear(part: Path, folder: Path) -> None:
    """Give a complete folder its final name, so that it survives a power cut; one of an older number makes way."""
    flush(part)
    if folder.exists():
        folder.rename(part.with_name(f"{part.name}.old"))
        shutil.rmtree(part.with_name(f"{part.name}.old"))
    part.rename(folder)
    flush(folder.parent)


def remove_leftovers(out_dir: Path, package_id: str) -> None:
    """Remove what a killed process left of this package."""
    # Safe under the folder's lock: whoever left these is gone.
    for leftover in out_dir.glob(f"{PART}{package_id}-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _check_files(package_dir: Path, manifest: PackageManifest) -> None:
    where = label(package_dir)
    expected = {
        part_name(name, place): facts
        for name, parts in manifest.sealed.items()
        for place, facts in enumerate(parts, start=1)
    }
    found = {entry.name for entry in package_dir.iterdir()}
    if missing := sorted(expected.keys() - found):
        message = f"{where} lacks {', '.join(missing)}: ask the sender for the whole package."
        raise SafeError("E_PACKAGE_MISSING", message)
    if extra := found - expected.keys() - {MANIFEST, SIGNATURE}:
        message = (
            f"{where} holds {len(extra)} file(s) that its manifest does not name: remove it and ask for a new copy."
        )
        raise SafeError("E_PACKAGE_UNEXPECTED", message)
    for name, facts in expected.items():
        if sha256_file(package_dir / name) != (facts.sha256, facts.bytes):
            raise _altered(where, name)


def _altered(where: str, name: str) -> SafeError:
    message = f"{where} was altered or damaged on its way ({name}): remove it and ask the sender for a new copy."
    return SafeError("E_PACKAGE_ALTERED", message)
