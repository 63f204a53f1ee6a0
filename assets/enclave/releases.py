"""Releases of the enclave: their ids, and the earlier ones that an attacker also holds."""

import datetime
import shutil
from pathlib import Path

from credential_pipeline.disclosure.ledger import earlier_files, read_ledger, record
from credential_pipeline.storage.durable import sha256

_LEDGER = "release_ledger.jsonl"
_KEPT = "releases"


def next_release(home: Path, industry: str, cells: Path) -> tuple[str, list[Path]]:
    """The id of a release, and the earlier releases that an attacker also holds.

    The same figures keep their id; other figures get the next number of the industry and the first digits of their hash.

    Args:
        home: Folder of the enclave.
        industry: The partition.
        cells: The staged public file, whose column ``release`` is still empty.
    """
    digest = sha256(cells)
    mine = [entry for entry in read_ledger(home / _LEDGER) if entry.industry == industry]
    release = next((entry.release for entry in mine if entry.sha256 == digest), f"r{len(mine) + 1:04d}-{digest[:8]}")
    return release, earlier_files(home / _LEDGER, industry, home, but=release)


def record_release(home: Path, industry: str, release: str, cells: Path) -> None:
    """Keep the released file and add it to the ledger, before the package can be seen."""
    kept = home / _KEPT / industry / f"{release}.csv"
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not kept.exists():
        shutil.copyfile(cells, kept)
    record(home / _LEDGER, release, industry, kept, home, datetime.datetime.now(datetime.UTC))
