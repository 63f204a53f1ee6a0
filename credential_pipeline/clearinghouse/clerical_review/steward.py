"""What stays with the steward: the key that draws and orders a batch, and the answers to its planted pairs.

Both lie in a folder of their own beside the batches. Whoever holds a page, or the whole folder of a batch, can tell from neither
which pairs are planted: without the key, no order and no id of a pair gives it away. Not here: how planted pairs are
made (planting.py), and what failing them costs (attention.py).
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.clearinghouse.clerical_review.decisions import MATCH, NO_MATCH
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, write_atomically
from credential_pipeline.foundation.storage.private_files import create_once, private_folder, read_private

FOLDER = "planted-pairs"
"""No batch has this name, since names hold no hyphen."""
KEY = "steward.key"
REFUSED = "refused.json"
_BYTES = 32


@dataclass(frozen=True)
class Keyed:
    """Words that nobody can guess who has not the key."""

    key: bytes

    def word(self, *parts: object) -> str:
        """64 hex digits that stand for the parts."""
        message = canonical_json([str(part) for part in parts])
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()


def steward_key(folder: Path) -> Keyed:
    """The key of an industry's reviews; made once.

    Args:
        folder: Folder of the industry's reviews.

    Raises:
        SafeError: ``E_KEY_PERMISSIONS``, ``E_KEY_SYMLINK`` or ``E_PLANTED``.
    """
    path = private_folder(folder / FOLDER) / KEY
    if not path.exists():
        create_once(path, secrets.token_hex(_BYTES).encode())
    return _read_key(folder)


def write_answers(folder: Path, batch: str, answers: Mapping[str, str]) -> str:
    """Keep the answers to a batch's planted pairs; gives the seal that binds the batch to them, empty if there are none."""
    if not answers:
        return ""
    keyed = steward_key(folder)
    content = canonical_json(dict(sorted(answers.items())))
    write_atomically(folder / FOLDER / f"{batch}.json", content)
    return _seal(keyed, batch, content)


def read_answers(folder: Path, batch: str, seal: str) -> dict[str, str]:
    """The answers to a batch's planted pairs: pair -> match or no_match.

    Raises:
        SafeError: ``E_PLANTED``: they are gone or not the ones that the batch was made with.
    """
    if not seal:
        return {}
    path = folder / FOLDER / f"{batch}.json"
    try:
        content = path.read_bytes()
        answers: dict[str, str] = json.loads(content)
        whole = hmac.compare_digest(_seal(_read_key(folder), batch, content), seal)
    except (OSError, ValueError):
        whole, answers = False, {}
    if not whole or not set(answers.values()) <= {MATCH, NO_MATCH}:
        message = (
            f"{path} or the key beside it is gone or altered: put back the copies from the backup, "
            f"or move the folder of batch {batch} away and export anew."
        )
        raise SafeError("E_PLANTED", message)
    return answers


def was_refused(folder: Path, batch: str, reviewer: str) -> bool:
    """Whether a reviewer failed the planted pairs of a batch before."""
    return [batch, reviewer] in _refused(folder)


def remember_refusal(folder: Path, batch: str, reviewer: str) -> None:
    """Remember that a reviewer failed the planted pairs of a batch: who may try again until it works is not tested."""
    known = _refused(folder)
    write_atomically(folder / FOLDER / REFUSED, canonical_json(sorted([*known, [batch, reviewer]])))


def _refused(folder: Path) -> list[list[str]]:
    path = folder / FOLDER / REFUSED
    try:
        found: list[list[str]] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise SafeError("E_PLANTED", f"{path} is damaged: put back the copy from the backup.") from None
    return found


def _read_key(folder: Path) -> Keyed:
    path = folder / FOLDER / KEY
    try:
        key = bytes.fromhex(read_private(path).decode("ascii"))
    except (FileNotFoundError, ValueError):
        key = b""
    if len(key) != _BYTES:
        raise SafeError("E_PLANTED", f"{path} is gone or damaged: put back the copy from the backup.")
    return Keyed(key)


def _seal(keyed: Keyed, batch: str, content: bytes) -> str:
    return keyed.word("answers", batch, content.decode())
