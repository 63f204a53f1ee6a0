"""Row ids: keyed tokens that stand for a learner towards one recipient.

HMAC-SHA256 over recipient, industry and learner id (RFC 2104), so two recipients can't join their extracts on the
token and nobody without the key can compute it. A token is still personal data. Source: 34 CFR 99.31(b)(2), a record
code that is not derived from personal information.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.private_files import create_once, private_folder, read_private
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_KEY_BYTES = 32
_BLOCK = 64
_VERSION = b"credential-pipeline row id 1"
_SEPARATOR = b"\x1f"
_HEX_DIGITS = 40


@dataclass(frozen=True, repr=False)
class TokenKey:
    """The secret behind the row ids of one recipient; it never shows itself.

    Attributes:
        secret: 32 random bytes.
        recipient: The recipient's name in the agreement.
    """

    secret: bytes
    recipient: str

    @property
    def key_id(self) -> str:
        """Eight hex digits that say which key made a token and nothing about the key."""
        return hashlib.sha256(b"key id" + _SEPARATOR + self.secret).hexdigest()[:8]

    def __repr__(self) -> str:
        """Show the id only."""
        return f"TokenKey({self.key_id})"


def ensure_token_key(home: Path, recipient: str) -> TokenKey:
    """Load the clearinghouse's token key for a recipient, or make it the first time.

    Raises:
        SafeError: ``E_KEY_SYMLINK``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``.
    """
    path = private_folder(home / "keys") / f"row_ids_{_file_word(recipient)}.key"
    create_once(path, f"{secrets.token_hex(_KEY_BYTES)}\n".encode())
    return load_token_key(home, recipient)


def load_token_key(home: Path, recipient: str) -> TokenKey:
    """Load the token key for a recipient.

    Raises:
        SafeError: ``E_KEY_MISSING``, ``E_KEY_SYMLINK``, ``E_KEY_PERMISSIONS`` or ``E_KEY_INVALID``.
    """
    path = home / "keys" / f"row_ids_{_file_word(recipient)}.key"
    try:
        secret = bytes.fromhex(read_private(path).decode("ascii").strip())
    except FileNotFoundError:
        message = f"Key file {path} is missing: put it back, or let the extract make a new one (all row ids change)."
        raise SafeError("E_KEY_MISSING", message) from None
    except ValueError:
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise SafeError(
            "E_KEY_INVALID", f"Key file {path} does not hold {_KEY_BYTES} bytes in hex: put the right one back."
        )
    return TokenKey(secret, recipient)


def row_ids(work: Scratch, learners: Relation, industry: str, key: TokenKey) -> Relation:
    """The row id of every learner: learner_id, row_id.

    The engine computes the HMAC for all rows at once: ``H(outer || H(inner || message))``.
    """
    padded = key.secret.ljust(_BLOCK, b"\0")
    prefix = _SEPARATOR.join([_VERSION, key.recipient.encode(), industry.encode(), b""])
    inner = bytes(byte ^ 0x36 for byte in padded) + prefix
    outer = bytes(byte ^ 0x5C for byte in padded)
    return work.table(
        "row_ids",
        f"""
        SELECT
            learner_id,
            ? || '-' || left(sha256(?::BLOB || unhex(sha256(?::BLOB || encode(learner_id)))), {_HEX_DIGITS}) AS row_id
        FROM {learners}
        """,
        [key.key_id, outer, inner],
    )


def _file_word(recipient: str) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", recipient.lower()).strip("_")[:24]
    # Two names may give the same word; the hash keeps their keys apart.
    return f"{word}_{hashlib.sha256(recipient.encode()).hexdigest()[:8]}"
