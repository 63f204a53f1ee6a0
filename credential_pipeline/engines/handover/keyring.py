"""A side's keys as its people handle them: make, look at, take in the other side's, and replace.

Each link has a sender, who signs, and a recipient, whose key opens. Two sides exchange public files and confirm the
fingerprints by another way than the files came. Not here: what keys do (keys.py).
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credential_pipeline.engines.handover.keys import (
    CLEARINGHOUSE_TO_ENCLAVE,
    ENCLAVE_TO_PUBLICATION,
    RETIRED,
    Role,
    fingerprint,
    load_identity,
    load_recipient,
    load_sender,
    load_signing_key,
    make_pair,
)
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage.durable import flush
from credential_pipeline.foundation.storage.private_files import create_once, private_folder, read_small

#: Link to its sender and its recipient.
LINKS: Final = {
    CLEARINGHOUSE_TO_ENCLAVE: (Side.CLEARINGHOUSE, Side.ENCLAVE),
    ENCLAVE_TO_PUBLICATION: (Side.ENCLAVE, Side.PUBLIC),
}
_PRIVATE: Final[dict[Role, str]] = {"sender": "signing.key", "recipient": "identity.key"}
_PUBLIC_MODE = 0o644


@dataclass(frozen=True)
class Held:
    """One key that a side holds, or lacks.

    Attributes:
        link: Name of the link.
        role: Whose key it is, of the link's two ends.
        ours: Whether this side has the private half.
        fingerprint: Empty if the key is missing.
        path: The public file.
    """

    link: str
    role: Role
    ours: bool
    fingerprint: str
    path: Path


def ends_of_links(side: Side) -> list[tuple[str, Role]]:
    """The links that begin or end at a side, each with the end that the side is."""
    sending: list[tuple[str, Role]] = [(link, "sender") for link, ends in LINKS.items() if ends[0] == side]
    receiving: list[tuple[str, Role]] = [(link, "recipient") for link, ends in LINKS.items() if ends[1] == side]
    return [*sending, *receiving]


def make(home: Path, side: Side) -> list[Held]:
    """Make the private keys that a side lacks; return all that it holds."""
    for link, role in ends_of_links(side):
        make_pair(home, link, role)
    return show(home, side)


def show(home: Path, side: Side) -> list[Held]:
    """Both ends' public keys of every link of a side.

    Raises:
        SafeError: A key that is there can't be used.
    """
    return [
        Held(link, role, role == own, _fingerprint(home, link, role), home / "keys" / f"{link}.{role}.pub")
        for link, own in ends_of_links(side)
        for role in ("sender", "recipient")
    ]


def take_in(home: Path, side: Side, file: Path, confirmed: str) -> Held:
    """Take in the other side's public key; a key that it takes the place of is put away.

    Args:
        home: Folder of the side.
        side: Whose it is.
        file: The public file, with the name under which the other side made it.
        confirmed: Its fingerprint, as the other side read it out.

    Raises:
        SafeError: ``E_KEY_LINK``: the file is no key of a link of this side; ``E_KEY_INVALID``; ``E_KEY_MISMATCH``: it has
            another fingerprint; nothing was taken in.
    """
    role, link = _told(side, file)
    text, found = _read_public(file, role)
    if found != confirmed.replace(" ", "").lower():
        message = (
            f"{file.name} has the fingerprint {found}, which is not the one given: ask the other side to read out theirs, "
            f"and take in the file that has it."
        )
        raise SafeError("E_KEY_MISMATCH", message)
    target = private_folder(home / "keys") / f"{link}.{role}.pub"
    if target.exists() and _fingerprint(home, link, role) != found:
        _retire(home, link, role, target, _fingerprint(home, link, role))
    create_once(target, f"{text}\n".encode("ascii"), _PUBLIC_MODE)
    return Held(link, role, ours=False, fingerprint=found, path=target)


def rotate(home: Path, side: Side) -> list[Held]:
    """Replace a side's own keys by new ones; the old ones are put away in ``keys/retired``."""
    for link, role in ends_of_links(side):
        if old := _fingerprint(home, link, role):
            _retire(home, link, role, home / "keys" / f"{link}.{role}.pub", old)
            private = home / "keys" / f"{link}.{_PRIVATE[role]}"
            private.replace(private.parent / RETIRED / f"{link}.{role}.{old}.key")
            flush(private.parent)
        make_pair(home, link, role)
    return show(home, side)


def _fingerprint(home: Path, link: str, role: Role) -> str:
    load = load_sender if role == "sender" else load_recipient
    try:
        return load(home, link).fingerprint
    except SafeError as error:
        if error.code != "E_KEY_MISSING":
            raise
    own = home / "keys" / f"{link}.{_PRIVATE[role]}"
    if not own.exists():
        return ""
    if role == "sender":
        return load_signing_key(home, link).public.fingerprint
    return load_identity(home, link).recipient.fingerprint


def _retire(home: Path, link: str, role: Role, path: Path, old: str) -> None:
    folder = private_folder(home / "keys" / RETIRED)
    if path.exists():
        Path(path).replace(folder / f"{link}.{role}.{old}.pub")
    flush(folder)


def _told(side: Side, file: Path) -> tuple[Role, str]:
    """Which key of which link a file is, by its name."""
    wanted: dict[str, tuple[Role, str]] = {}
    for link, own in ends_of_links(side):
        other: Role = "recipient" if own == "sender" else "sender"
        wanted[f"{link}.{other}.pub"] = other, link
    if file.name not in wanted:
        message = (
            f"{side.value} takes in {' and '.join(sorted(wanted))} only: give the file under the name that it was made."
        )
        raise SafeError("E_KEY_LINK", message)
    return wanted[file.name]


def _read_public(file: Path, role: Role) -> tuple[str, str]:
    try:
        text = read_small(file).decode("ascii").strip()
        if role == "recipient":
            pyrage.x25519.Recipient.from_str(text)
            return text, fingerprint(text.encode("ascii"))
        raw = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
        return text, fingerprint(raw)
    except FileNotFoundError:
        raise SafeError("E_KEY_MISSING", f"There is no file {file}: correct the path.") from None
    except (ValueError, binascii.Error, pyrage.RecipientError):
        message = f"{file.name} does not hold a public key of its kind: ask the other side for the file again."
        raise SafeError("E_KEY_INVALID", message) from None
