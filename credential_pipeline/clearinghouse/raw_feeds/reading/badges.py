"""Open Badges 3.0 and Comprehensive Learner Records as rows: one credential a row, its parts as columns named by their path.

``validFrom`` and ``validUntil`` stand for the names of version 2 of the data model as well, ``achievement`` for
``credentialSubject.achievement``, ``status`` for the status of the first result, and ``revoked`` for what the file says itself: lists of
what was revoked are kept elsewhere and not fetched. Of several things in one place the first is taken. Signatures are not verified.
"""

import base64
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from credential_pipeline.clearinghouse.raw_feeds.reading.faults import FileFaultError, Notice, listed, told
from credential_pipeline.foundation.registry.feeds import Certifier

_CREDENTIALS: Final = {"AchievementCredential", "OpenBadgeCredential", "VerifiableCredential"}
_RECORD: Final = "ClrCredential"
_HOLDERS: Final = ("verifiableCredential", "credentials", "vc")
_ALIASES: Final = {
    "validFrom": ("validFrom", "issuanceDate"),
    "validUntil": ("validUntil", "expirationDate"),
    "status": ("status", "credentialSubject.result.status"),
}
_SHORT: Final = {"achievement.": "credentialSubject.achievement.", "result.": "credentialSubject.result."}
_DEEPEST: Final = 12
_TOKEN: Final = ("eyJ", 3)
"""How a signed credential in compact form begins, and how many parts it has."""


def badges_text(content: bytes, certifier: Certifier) -> tuple[list[bytes], list[Notice]]:
    """Credentials as lines of comma-separated text below a header of the declared columns.

    Args:
        content: Bytes of the file: a credential, a record of several, or a list of either.
        certifier: Whose file it is.

    Raises:
        FileFaultError: E_BADGES if it is no JSON or holds no credential, E_HEADER if a column that a row needs is in none of them.
    """
    if not content.strip():
        raise FileFaultError("E_EMPTY")
    try:
        loaded = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FileFaultError("E_ENCODING", "JSON is utf-8") from None
    except (ValueError, RecursionError):
        raise FileFaultError("E_BADGES", "it is no JSON") from None
    counts: Counter[str] = Counter()
    found = [_flat(one, counts) for one in _credentials(loaded, counts, 0)]
    if not found:
        raise FileFaultError("E_BADGES", "it holds no credential")
    columns = (*certifier.source_columns, *certifier.ignored)
    rows = [[_value(one, column) for column in columns] for one in found]
    absent = [name for number, name in enumerate(columns) if not any(row[number] for row in rows)]
    needed = [name for name in absent if name in certifier.needed_columns]
    if needed:
        raise FileFaultError("E_HEADER", f"no credential has {listed(needed)}")
    notices = [Notice("COLUMNS_ABSENT", listed(absent))] if absent else []
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([columns, *rows])
    return [buffer.getvalue().encode("utf-8", errors="replace")], [*notices, *told(counts, "credential")]


def _credentials(loaded: Any, counts: Counter[str], depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(loaded, str):
        opened = _token(loaded)
        if opened is not None:
            counts["NOT_VERIFIED"] += 1
            yield from _credentials(opened, counts, depth + 1)
    elif isinstance(loaded, list):
        for one in loaded:
            yield from _credentials(one, counts, depth + 1)
    elif isinstance(loaded, dict):
        if _is_credential(loaded):
            yield loaded
            return
        subject = loaded.get("credentialSubject")
        held = subject.get("verifiableCredential") if isinstance(subject, dict) else None
        for one in (*(loaded.get(key) for key in _HOLDERS), held):
            yield from _credentials(one, counts, depth + 1)


def _is_credential(loaded: Mapping[str, Any]) -> bool:
    """Whether an object is a credential of its own, and no record of several."""
    kinds = loaded.get("type", loaded.get("@type", []))
    said = {one for one in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(one, str)}
    return _RECORD not in said and bool(said & _CREDENTIALS) and "credentialSubject" in loaded


def _token(text: str) -> Any:
    """What a signed credential in compact form says, or None if the text is none."""
    begin, parts = _TOKEN
    pieces = text.split(".")
    if not text.startswith(begin) or len(pieces) != parts:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(pieces[1] + "=" * (-len(pieces[1]) % 4)))
    except (ValueError, RecursionError):
        return None


def _flat(credential: Mapping[str, Any], counts: Counter[str]) -> dict[str, str]:
    """Values by their path."""
    found: dict[str, str] = {}
    cut = [False]
    _walk(credential, "", found, cut, 0)
    counts["ONE_OF_SEVERAL"] += cut[0]
    return found


def _walk(value: Any, path: str, found: dict[str, str], cut: list[bool], depth: int) -> None:
    if depth > _DEEPEST or value is None:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _walk(inner, f"{path}.{key}" if path else str(key), found, cut, depth + 1)
    elif isinstance(value, list):
        if path.endswith(".identifier"):
            _identifiers(value, path, found)
        objects = [one for one in value if isinstance(one, dict | list)]
        if objects:
            cut[0] |= len(objects) > 1 and not path.endswith((".identifier", "proof", "evidence"))
            _walk(objects[0], path, found, cut, depth + 1)
        elif value:
            found[path] = " ".join("|".join(_scalar(one) for one in value).split())
    else:
        found[path] = " ".join(_scalar(value).split())


def _identifiers(value: list[Any], path: str, found: dict[str, str]) -> None:
    """What identifies a person, by its kind; a hash identifies nobody here."""
    for one in value:
        if isinstance(one, dict) and not one.get("hashed") and isinstance(one.get("identityHash"), str):
            found.setdefault(f"{path}.{one.get('identityType', '')}", " ".join(one["identityHash"].split()))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _value(found: Mapping[str, str], column: str) -> str:
    """The value of a column: its path, or what its short name stands for."""
    for path in _ALIASES.get(column, (column,)):
        if path in found:
            return found[path]
    for short, long in _SHORT.items():
        if column.startswith(short) and long + column.removeprefix(short) in found:
            return found[long + column.removeprefix(short)]
    return ""
