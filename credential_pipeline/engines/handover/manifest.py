"""What a package says of itself: the files, the parties, the agreement, and the id that all of it hashes to.

Not here: the reading and writing of packages (package.py).
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.storage.chain import NO_LINES, Head
from credential_pipeline.foundation.storage.durable import canonical_json

FORMAT = "credential-pipeline package 2"

#: 34 CFR 99.33(a): the recipient may not disclose further without consent, and must be told so.
NOTICE = (
    "Notice under 34 CFR 99.33: the recipient may use this information only for the purpose named here and may not "
    "disclose it to any other party, except as 34 CFR 99.33 allows, and must destroy it by the day that the agreement "
    "names."
)

_FILE_NAME = re.compile(r"\A[a-z][a-z0-9_]{0,39}\Z")
_SHA256 = re.compile(r"\A[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class ManifestFacts:
    """What the sender knows beyond the files.

    Attributes:
        kind: Snapshot that the package carries, such as ``census_extract``.
        industry: Partition of the snapshot.
        agreement: The agreement under which it is sent.
        sealed_at: Time of sealing, or None; signed, but no part of the package id.
        notice: What the recipient must be told.
        sent: The largest number that a package of this kind and industry has had, as the sender's ledger knows.
        ledger: Head of the sender's ledger before this package.
    """

    kind: str
    industry: str
    agreement: Terms
    sealed_at: datetime | None = None
    notice: str = NOTICE
    sent: int = 0
    ledger: Head = NO_LINES


@dataclass(frozen=True)
class FileFacts:
    """One file of a package, before it was encrypted.

    Attributes:
        sha256: Hash of the plaintext.
        rows: Number of rows.
        columns: Name to DuckDB type, in the order of the file.
    """

    sha256: str
    rows: int
    columns: dict[str, str]


@dataclass(frozen=True)
class CipherFacts:
    """One part of a file of a package as it travels."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Content:
    """What the package id is the hash of: nothing that encryption or the clock makes different each time.

    ``legal_basis`` says on which basis which columns cross, as ``table.column``.
    """

    kind: str
    industry: str
    agreement_id: str
    legal_basis: dict[str, list[str]]
    purpose: str
    sender: str
    recipient: str
    signed: date
    expires: date
    destroy_by: date
    sender_key: str
    recipient_key: str
    notice: str
    files: dict[str, FileFacts]

    @classmethod
    def of(cls, facts: ManifestFacts, files: dict[str, FileFacts], sender_key: str, recipient_key: str) -> "Content":
        """Put together what the sender knows and what the files and the keys say."""
        agreement = facts.agreement
        return cls(
            kind=facts.kind,
            industry=facts.industry,
            agreement_id=agreement.id,
            legal_basis={basis: list(columns) for basis, columns in agreement.basis.items()},
            purpose=agreement.purpose,
            sender=agreement.sender,
            recipient=agreement.recipient,
            signed=agreement.signed,
            expires=agreement.expires,
            destroy_by=agreement.destroy_by,
            sender_key=sender_key,
            recipient_key=recipient_key,
            notice=facts.notice,
            files=files,
        )

    @property
    def package_id(self) -> str:
        """32 hex digits; the same for the same plaintext, parties, agreement and keys."""
        return hashlib.sha256(canonical_json(self.as_json())).hexdigest()[:32]

    def as_json(self) -> dict[str, Any]:
        """Plain values; dates in ISO form, columns as ordered pairs."""
        plain = asdict(self)
        plain |= {name: getattr(self, name).isoformat() for name in ("signed", "expires", "destroy_by")}
        for name, file in self.files.items():
            # Pairs, since the canonical spelling sorts the keys of an object and the order of columns counts.
            plain["files"][name]["columns"] = [list(pair) for pair in file.columns.items()]
        return plain


@dataclass(frozen=True)
class PackageManifest:
    """The signed statement of a package.

    Attributes:
        content: What the package id is the hash of.
        sealed: The parts of every file, in order.
        number: 1, 2, 3 … of the packages of this kind and industry; a recipient takes none with a smaller number than the
            last, so that an older package, from before an opt-out, can't come back.
        ledger: Head of the sender's ledger when it was sealed: a witness of how long that ledger was.
        sealed_at: Time of sealing.
    """

    content: Content
    sealed: dict[str, tuple[CipherFacts, ...]]
    number: int = 1
    ledger: Head = NO_LINES
    sealed_at: str | None = None

    @property
    def package_id(self) -> str:
        """Hash of the content."""
        return self.content.package_id

    def as_bytes(self) -> bytes:
        """The exact bytes that are signed."""
        body = {
            "format": FORMAT,
            "package_id": self.package_id,
            "content": self.content.as_json(),
            "sealed": {name: [asdict(part) for part in parts] for name, parts in self.sealed.items()},
            "number": self.number,
            "ledger": asdict(self.ledger),
            "sealed_at": self.sealed_at,
        }
        return canonical_json(body)


def parse(body: bytes, where: str) -> PackageManifest:
    """Read a manifest whose signature has been checked.

    Raises:
        SafeError: ``E_PACKAGE_FORMAT`` if it is of another format or says something impossible.
    """
    try:
        manifest = _read(json.loads(body))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        manifest = None
    if manifest is None or manifest.as_bytes() != body:
        message = f"{where}: the manifest is not one that this version can read: ask the sender to seal it again."
        raise SafeError("E_PACKAGE_FORMAT", message)
    return manifest


def is_file_name(name: str) -> bool:
    """Whether a file of a package may be called so: safe as a path, a table and a JSON key."""
    return _FILE_NAME.match(name) is not None


def _read(plain: dict[str, Any]) -> PackageManifest:
    content = dict(plain["content"])
    files = {
        name: FileFacts(facts["sha256"], facts["rows"], dict(facts["columns"]))
        for name, facts in content.pop("files").items()
    }
    content |= {name: date.fromisoformat(content[name]) for name in ("signed", "expires", "destroy_by")}
    sealed = {name: tuple(CipherFacts(**part) for part in parts) for name, parts in plain["sealed"].items()}
    hashes = [
        *(facts.sha256 for facts in files.values()),
        *(part.sha256 for parts in sealed.values() for part in parts),
    ]
    number, ledger = int(plain["number"]), Head.read(plain["ledger"])
    if number < 1 or not all(sealed.values()):
        raise ValueError
    if set(files) != set(sealed) or not all(map(is_file_name, files)) or not all(map(_SHA256.match, hashes)):
        raise ValueError
    return PackageManifest(Content(**content, files=files), sealed, number, ledger, plain["sealed_at"])
