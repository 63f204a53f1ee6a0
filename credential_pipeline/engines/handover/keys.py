"""The keys of a link: the sender signs with Ed25519, the recipient opens with an age identity (X25519).

Each side keeps its private key in ``<home>/keys`` (mode 0600) and the other side's public key beside it. In production
each side makes its own pair with :func:`make_pair` and the two exchange the public files, confirming the fingerprints
by another way than the files came; :func:`ensure_local_keys` does both for one machine. Not here: tokens' keys.
"""

import base64
import binascii
import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.storage.private_files import (
    check_folder,
    create_once,
    private_folder,
    read_private,
    read_public,
)

CLEARINGHOUSE_TO_ENCLAVE = "clearinghouse_to_enclave"
ENCLAVE_TO_PUBLICATION = "enclave_to_publication"

#: Folder of a side's keys that were taken out of use.
RETIRED = "retired"
_PUBLIC_FILE = 0o644
Role = Literal["sender", "recipient"]


@dataclass(frozen=True)
class VerifyKey:
    """A sender's public key.

    Attributes:
        public: The key.
        fingerprint: Of the key.
        retired: Fingerprints of the keys that it took the place of: what they signed is past, and no longer read.
    """

    public: Ed25519PublicKey
    fingerprint: str
    retired: frozenset[str] = frozenset()

    def signed(self, signature: bytes, body: bytes) -> bool:
        """Whether the sender signed exactly this body."""
        try:
            self.public.verify(signature, body)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A sender's private key; it never shows itself."""

    private: Ed25519PrivateKey
    retired: frozenset[str] = frozenset()

    @property
    def public(self) -> VerifyKey:
        """The half that the recipient holds."""
        return _verify_key(self.private.public_key(), self.retired)

    def __repr__(self) -> str:
        """Show the fingerprint only."""
        return f"SigningKey({self.public.fingerprint})"


@dataclass(frozen=True)
class Recipient:
    """A recipient's public key, ``age1…``."""

    text: str
    fingerprint: str

    @property
    def age(self) -> "pyrage.x25519.Recipient":
        """The key as the age library wants it."""
        return pyrage.x25519.Recipient.from_str(self.text)


@dataclass(frozen=True, repr=False)
class Identity:
    """A recipient's private key; it never shows itself."""

    age: "pyrage.x25519.Identity"

    @property
    def recipient(self) -> Recipient:
        """The half that the sender holds."""
        return _recipient(str(self.age.to_public()))

    def __repr__(self) -> str:
        """Show the fingerprint only."""
        return f"Identity({self.recipient.fingerprint})"


def fingerprint(public: bytes) -> str:
    """What two people read to each other to confirm a public key: 32 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:32]


def make_pair(home: Path, link: str, role: Role) -> Path:
    """Make one side's key pair for a link, unless it has one.

    Args:
        home: The side's folder.
        link: Name of the link, such as ``clearinghouse_to_enclave``.
        role: ``sender`` makes a signing key, ``recipient`` an age identity.

    Returns:
        The public file, to be carried to the other side's ``keys`` folder.

    Raises:
        SafeError: The private key that is there can't be used, or the public file beside it is not its other half.
    """
    folder = private_folder(home / "keys")
    if role == "sender":
        fresh = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()) + b"\n"
        create_once(_path(folder, link, "signing.key"), fresh)
        public = folder / f"{link}.sender.pub"
        text = base64.b64encode(load_signing_key(home, link).public.public.public_bytes_raw()).decode()
    else:
        create_once(_path(folder, link, "identity.key"), f"{pyrage.x25519.Identity.generate()}\n".encode())
        public = folder / f"{link}.recipient.pub"
        text = load_identity(home, link).recipient.text
    _place_public(public, text)
    return public


def ensure_local_keys(sender_home: Path, recipient_home: Path, link: str) -> None:
    """Give both ends of a link on one machine their keys and each other's public half; overwrite nothing.

    Raises:
        SafeError: ``E_KEY_MISMATCH`` if a public key that is there belongs to another pair, or a key can't be used.
    """
    sender_public = make_pair(sender_home, link, "sender")
    recipient_public = make_pair(recipient_home, link, "recipient")
    _place_public(recipient_home / "keys" / sender_public.name, read_public(sender_public).decode().strip())
    _place_public(sender_home / "keys" / recipient_public.name, read_public(recipient_public).decode().strip())


def load_signing_key(home: Path, link: str) -> SigningKey:
    """Load the sender's private key.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_KEY_SYMLINK``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``.
    """
    path = _kept(home, link, "signing.key")
    try:
        private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(read_private(path), validate=False))
        return SigningKey(private, retired_senders(home, link))
    except FileNotFoundError:
        raise _missing(path, "make the pair, or put the key back") from None
    except (ValueError, binascii.Error):
        raise _invalid(path) from None


def load_identity(home: Path, link: str) -> Identity:
    """Load the recipient's private key.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_KEY_SYMLINK``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``.
    """
    path = _kept(home, link, "identity.key")
    try:
        return Identity(pyrage.x25519.Identity.from_str(read_private(path).decode("ascii").strip()))
    except FileNotFoundError:
        raise _missing(path, "make the pair, or put the key back") from None
    except (ValueError, pyrage.IdentityError):
        raise _invalid(path) from None


def load_sender(home: Path, link: str) -> VerifyKey:
    """Load the sender's public key from the recipient's (or the sender's own) ``keys`` folder.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_NOT_A_FILE`` or ``E_KEY_INVALID``.
    """
    path = _kept(home, link, "sender.pub")
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(read_public(path), validate=False))
        return _verify_key(public, retired_senders(home, link))
    except FileNotFoundError:
        raise _missing(path, "ask the sender for the public key and confirm its fingerprint") from None
    except (ValueError, binascii.Error):
        raise _invalid(path) from None


def load_recipient(home: Path, link: str) -> Recipient:
    """Load the recipient's public key from the sender's (or the recipient's own) ``keys`` folder.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_NOT_A_FILE`` or ``E_KEY_INVALID``.
    """
    path = _kept(home, link, "recipient.pub")
    try:
        text = read_public(path).decode("ascii").strip()
        pyrage.x25519.Recipient.from_str(text)
    except FileNotFoundError:
        raise _missing(path, "ask the recipient for the public key and confirm its fingerprint") from None
    except (ValueError, pyrage.RecipientError):
        raise _invalid(path) from None
    return _recipient(text)


def retired_senders(home: Path, link: str) -> frozenset[str]:
    """Fingerprints of the sender's keys that a side has put away."""
    return frozenset(path.name.split(".")[2] for path in (home / "keys" / RETIRED).glob(f"{link}.sender.*.pub"))


def _kept(home: Path, link: str, ending: str) -> Path:
    """Path of a key in a folder that nobody else can change."""
    path = _path(home / "keys", link, ending)
    with contextlib.suppress(FileNotFoundError):
        check_folder(path.parent)
    return path


def _path(folder: Path, link: str, ending: str) -> Path:
    if not NAME.match(link):
        raise SafeError("E_KEY_LINK", "The name of a link may hold small letters, digits and underscores only.")
    return folder / f"{link}.{ending}"


def _place_public(path: Path, text: str) -> None:
    private_folder(path.parent)
    if create_once(path, f"{text}\n".encode("ascii"), _PUBLIC_FILE):
        return
    if read_public(path).decode("ascii", "replace").strip() != text:
        message = (
            f"Public key {path} is not the other half of the private key: find out which is right, remove the other."
        )
        raise SafeError("E_KEY_MISMATCH", message)


def _verify_key(public: Ed25519PublicKey, retired: frozenset[str]) -> VerifyKey:
    return VerifyKey(public, fingerprint(public.public_bytes_raw()), retired)


def _recipient(text: str) -> Recipient:
    return Recipient(text, fingerprint(text.encode("ascii")))


def _missing(path: Path, remedy: str) -> SafeError:
    return SafeError("E_KEY_MISSING", f"Key file {path} is missing: {remedy}.")


def _invalid(path: Path) -> SafeError:
    return SafeError(
        "E_KEY_INVALID", f"Key file {path} does not hold a key of the right kind: put the right file there."
    )
