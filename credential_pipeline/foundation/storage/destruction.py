"""Destroys what is due, and certifies it: a line in a hash-chained ledger before and after, and a certificate for the parties.

Files are unlinked and their folders flushed. They are not overwritten: on an SSD, or a file system that copies on write, that would
write elsewhere and prove nothing. Whoever must be sure of the medium keeps it encrypted and destroys the key. Backups and
snapshots of the disk are outside of what a certificate says. Not here: what is due (due.py).
"""

import datetime
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.chain import Chain
from credential_pipeline.foundation.storage.due import Due
from credential_pipeline.foundation.storage.durable import canonical_json, flush, write_atomically
from credential_pipeline.foundation.storage.private_files import private_folder, sha256_file, write_failure

_BEGUN, _DESTROYED = "begun", "destroyed"
_FORMAT = "credential-pipeline certificate of destruction 1"
_METHOD = (
    "The files were unlinked and their folders flushed to the disk. They were not overwritten, which proves nothing on solid-state "
    "disks. Backups and snapshots of the disk are not covered."
)


@dataclass(frozen=True)
class Certificate:
    """What was destroyed in one go.

    Attributes:
        path: The JSON file.
        entries: One for each thing: what, path, sha256, bytes, why, agreement.
    """

    path: Path
    entries: tuple[dict[str, Any], ...]


def chain(home: Path) -> Chain:
    """The ledger of destruction of a side."""
    return Chain(home, home / "destruction.jsonl", "destruction")


def destroy(home: Path, items: Sequence[Due], account: str, when: datetime.datetime) -> Certificate | None:
    """Destroy things and write the certificate; None if there was nothing to destroy.

    A run that was cut off is finished by the next one: what it had begun and what is gone is certified then.

    Args:
        home: Folder of the side.
        items: What to destroy; what is gone already is passed over.
        account: Who does it.
        when: The time, with its zone.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, ``E_DESTROY`` if something can't be removed, ``E_NOSPC`` or ``E_WRITE``.
    """
    ledger = chain(home)
    entries = [dict(facts) for facts in _unfinished(ledger) if not Path(facts["path"]).exists()]
    for facts in entries:
        ledger.append(_DESTROYED, facts, when)
    for item in items:
        if item.path.exists() or item.path.is_symlink():
            facts = _facts(item, account)
            ledger.append(_BEGUN, facts, when)
            _remove(item)
            ledger.append(_DESTROYED, facts, when)
            entries.append(facts)
    return _certify(home, ledger, entries, account, when) if entries else None


def _unfinished(ledger: Chain) -> Iterator[dict[str, Any]]:
    """What was begun and never finished."""
    open_: dict[str, dict[str, Any]] = {}
    for line in ledger.lines():
        key = f"{line.facts['path']} {line.facts['sha256']}"
        if line.kind == _BEGUN:
            open_[key] = line.facts
        else:
            open_.pop(key, None)
    yield from open_.values()


def _facts(item: Due, account: str) -> dict[str, Any]:
    digest, size = _digest(item.path)
    return {
        "what": item.what,
        "path": str(item.path),
        "sha256": digest,
        "bytes": size,
        "why": item.why,
        "agreement": item.agreement,
        "account": account,
    }


def _digest(path: Path) -> tuple[str, int]:
    """Hash and size of a file; of a folder, the hash of the names and hashes of all its files."""
    if path.is_file() and not path.is_symlink():
        return sha256_file(path)
    listed, size = [], 0
    for file in sorted(found for found in path.rglob("*") if found.is_file() and not found.is_symlink()):
        digest, length = sha256_file(file)
        listed.append([str(file.relative_to(path)), digest])
        size += length
    return hashlib.sha256(canonical_json(listed)).hexdigest(), size


def _remove(item: Due) -> None:
    parent = item.path.parent
    try:
        if item.pointer is not None:
            item.pointer.unlink(missing_ok=True)
            flush(item.pointer.parent)
        if item.path.is_dir() and not item.path.is_symlink():
            shutil.rmtree(item.path)
        else:
            item.path.unlink()
        flush(parent)
    except OSError:
        message = f"{item.what} in {parent} can't be removed: see who owns it, then run `retention destroy` again."
        raise SafeError("E_DESTROY", message) from None


def _certify(
    home: Path, ledger: Chain, entries: Sequence[dict[str, Any]], account: str, when: datetime.datetime
) -> Certificate:
    head = ledger.head()
    body = {
        "format": _FORMAT,
        "when": when.isoformat(timespec="seconds"),
        "account": account,
        "method": _METHOD,
        "destroyed": list(entries),
        "ledger": vars(head),
    }
    path = home / "certificates" / f"destruction-{head.lines:06d}-{head.hash[:8]}.json"
    try:
        private_folder(path.parent)
        write_atomically(path, json.dumps(body, indent=1, sort_keys=True).encode() + b"\n")
    except OSError as error:
        raise write_failure(error, path.parent) from None
    return Certificate(path, tuple(entries))
