"""The manifest of a version: what its files are, what it was made from, and what the gate said.

Not here: how a manifest of an older schema is read (migrations.py).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage import migrations
from credential_pipeline.foundation.storage.durable import canonical_json

NAME = "manifest.json"
DIGEST = "digest"
"""Field of a manifest on disk with its own hash: the version's name tells damage to the tables, not to what is said of them."""


@dataclass(frozen=True)
class TableFile:
    """One Parquet file of a version: its hash, rows and bytes."""

    file: str
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """Facts of one version.

    Attributes:
        snapshot: Name of the snapshot.
        partition: Industry, or ``shared``.
        version: Content hash of the tables; also the folder's name.
        tables: File facts by table name.
        inputs: What the version was made from: versions read, registry, code, rules.
        run_id: The run that published it.
        published_at: UTC time, ISO; not part of the version.
        verdicts: What the gate said, one entry a rule, counts only.
        facts: Small facts for people, for example rows by kind.
        pages: What lies beside the tables for people to read: file name to its hash; not part of the version.
    """

    snapshot: str
    partition: str
    version: str
    tables: dict[str, TableFile]
    inputs: dict[str, str]
    run_id: str
    published_at: str
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    schema_version: int = migrations.SCHEMA_VERSION

    def to_bytes(self) -> bytes:
        """Serialise for the disk, with a digest of everything else in the file."""
        raw = json.loads(json.dumps(asdict(self)))
        return json.dumps(raw | {DIGEST: digest(raw)}, sort_keys=True, indent=1).encode()

    @property
    def fingerprint(self) -> str:
        """Hash of everything that the version was made from."""
        return fingerprint(self.inputs)


def fingerprint(inputs: Mapping[str, str]) -> str:
    """Hash a set of inputs; equal inputs give equal results, so the work need not be done again."""
    return hashlib.sha256(canonical_json(dict(inputs))).hexdigest()


def content_version(tables: Mapping[str, TableFile]) -> str:
    """Name a version by its content: sixteen hex digits over the hashes of its tables."""
    return hashlib.sha256(canonical_json({name: table.sha256 for name, table in tables.items()})).hexdigest()[:16]


def digest(raw: Mapping[str, Any]) -> str:
    """Hash the content of a manifest as it is on disk, in canonical form and without the digest."""
    return hashlib.sha256(canonical_json({name: value for name, value in raw.items() if name != DIGEST})).hexdigest()


def _is_sound(raw: Mapping[str, Any]) -> bool:
    """Whether a manifest is what was written; one of an older schema holds no digest, and is believed."""
    if DIGEST not in raw:
        return bool(raw["schema_version"] < migrations.DIGEST_SINCE)
    return bool(raw[DIGEST] == digest(raw))


def load(path: Path, *, altered: bool = False) -> Manifest:
    """Read a manifest of any schema that a migration is declared for, and check that it is whole and of its folder.

    Args:
        path: Folder of the version.
        altered: Take one that is not what was written, too: for who wants its tables alone, which the folder's name proves.

    Raises:
        SafeError: ``E_MANIFEST``: missing, altered, or not the manifest of its folder; ``E_SCHEMA_NEWER`` or
            ``E_SCHEMA_OLDER``: of a schema that this program cannot read.
        PermissionError: This account may not read it.
    """
    shown = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        found = json.loads((path / NAME).read_bytes())
        raw = migrations.to_current(found, shown)
        if not (altered or _is_sound(found)):
            raise ValueError
        raw = {name: value for name, value in raw.items() if name != DIGEST}
        tables = {name: TableFile(**facts) for name, facts in raw.pop("tables").items()}
        manifest = Manifest(tables=tables, **raw)
    except PermissionError:
        raise  # what may not be read is not damaged
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SafeError("E_MANIFEST", f"The manifest of {shown} is missing or damaged; run the hop again.") from None
    if content_version(tables) != path.name or manifest.version != path.name:
        message = f"The manifest of {shown} does not belong to its folder; run the hop again."
        raise SafeError("E_MANIFEST", message)
    return manifest
