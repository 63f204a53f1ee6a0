"""Who may propose and approve releases: a signing key each, its public half registered with the enclave.

The private half is a file of that person, which nobody else can read. Not here: what is signed (acts.py).
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credential_pipeline.engines.handover.keys import fingerprint
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.storage.private_files import (
    check_folder,
    create_once,
    private_folder,
    read_private,
    read_public,
)

_FOLDER = "reviewers"
_PUBLIC_MODE = 0o644


@dataclass(frozen=True, repr=False)
class Person:
    """Somebody who signs, with the private key; it never shows itself."""

    name: str
    private: Ed25519PrivateKey

    @property
    def fingerprint(self) -> str:
        """Of the public half."""
        return fingerprint(self.private.public_key().public_bytes_raw())

    def sign(self, body: bytes) -> str:
        """The signature, in base64."""
        return base64.b64encode(self.private.sign(body)).decode()

    def __repr__(self) -> str:
        """Show name and fingerprint only."""
        return f"Person({self.name}, {self.fingerprint})"


class People:
    """The registered people of one enclave: ``<home>/reviewers/<name>.pub``."""

    def __init__(self, home: Path) -> None:
        """Use the enclave's folder; nothing is made."""
        self.folder = home / _FOLDER

    def enroll(self, name: str, file: Path) -> Person:
        """Make a person's key, once: the private half into their file, the public half into the register.

        Raises:
            SafeError: ``E_NAME``; ``E_KEY_EXISTS``: the file or the name is taken by another key.
        """
        _check_name(name)
        key = Ed25519PrivateKey.generate()
        private_folder(self.folder)
        private_folder(file.parent)
        secret = f"{name} {base64.b64encode(key.private_bytes_raw()).decode()}\n".encode()
        public = f"{base64.b64encode(key.public_key().public_bytes_raw()).decode()}\n".encode()
        if (self.folder / f"{name}.pub").exists() or not create_once(file, secret):
            message = f"{name} has a key, or {file} is there already: choose another name or file; nothing was changed."
            raise SafeError("E_KEY_EXISTS", message)
        create_once(self.folder / f"{name}.pub", public, _PUBLIC_MODE)
        return Person(name, key)

    def registered(self) -> dict[str, Ed25519PublicKey]:
        """Name to public key.

        Raises:
            SafeError: ``E_FOLDER_PERMISSIONS``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``: somebody else could have
                registered a key, or one can't be read.
        """
        if not self.folder.is_dir():
            return {}
        check_folder(self.folder)
        return {path.stem: _public_key(path) for path in sorted(self.folder.glob("*.pub"))}

    def require(self, person: Person) -> None:
        """Refuse somebody who is not registered under this name with this key.

        Raises:
            SafeError: ``E_NOT_A_REVIEWER``.
        """
        public = self.registered().get(person.name)
        if public is None or fingerprint(public.public_bytes_raw()) != person.fingerprint:
            message = (
                f"{person.name} is not registered with this key in {self.folder}: enroll them, or use their own file."
            )
            raise SafeError("E_NOT_A_REVIEWER", message)

    def signer(self, name: str, signature: str, body: bytes) -> str:
        """Fingerprint of the registered key that signed exactly this body; empty if it is not that person's."""
        public = self.registered().get(name)
        if public is None:
            return ""
        try:
            public.verify(base64.b64decode(signature, validate=True), body)
        except (InvalidSignature, binascii.Error, ValueError):
            return ""
        return fingerprint(public.public_bytes_raw())


def load_person(file: Path) -> Person:
    """Load somebody's private key from their file.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_KEY_SYMLINK``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``.
    """
    try:
        name, text = read_private(file).decode("ascii").split()
        _check_name(name)
        return Person(name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True)))
    except FileNotFoundError:
        raise SafeError("E_KEY_MISSING", f"There is no file {file}: give the reviewer's own key file.") from None
    except (ValueError, binascii.Error):
        raise SafeError("E_KEY_INVALID", f"{file} does not hold a reviewer's key: give the right file.") from None


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(read_public(path), validate=False))
    except (ValueError, binascii.Error):
        message = f"{path} does not hold a reviewer's public key: remove it, or put the right file there."
        raise SafeError("E_KEY_INVALID", message) from None


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise SafeError("E_NAME", "A reviewer's name has lower-case letters, digits and underscores only, at most 40.")
