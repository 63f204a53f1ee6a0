"""Releases of the enclave: what is already public, and the id of the next one."""

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

from credential_pipeline.enclave.outcome_release.ledger import files_of, read_ledger, record
from credential_pipeline.foundation.storage.durable import sha256

_LEDGER = "release_ledger.jsonl"
_KEPT = "releases"


def decide(home: Path, industry: str, protect: Callable[[list[Path]], Path]) -> tuple[str, list[Path]]:
    """Protect the figures against everything that is already public, and give the release its id.

    Releases of all industries count, since people can be in several. Figures that are those of the industry's last
    release, made with what was public then, keep its id; other figures are protected with every earlier release in mind
    and get the next number of the industry with the first digits of their hash.

    Args:
        home: Folder of the enclave.
        industry: The partition.
        protect: Writes the public file, with its column ``release`` empty, given the files of earlier releases.

    Returns:
        The id, and the earlier files that an attacker also holds.
    """
    entries = read_ledger(home / _LEDGER)
    files = files_of(entries, home)
    mine = [place for place, entry in enumerate(entries) if entry.industry == industry]
    if mine:
        before = files[: mine[-1]]
        if sha256(protect(before)) == entries[mine[-1]].sha256:
            return entries[mine[-1]].release, before
    digest = sha256(protect(files))
    return f"r{len(mine) + 1:04d}-{digest[:8]}", files


def record_release(home: Path, industry: str, release: str, cells: Path) -> None:
    """Keep the released file and add it to the ledger, before the package can be seen."""
    kept = home / _KEPT / industry / f"{release}.csv"
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not kept.exists():
        shutil.copyfile(cells, kept)
    record(home / _LEDGER, release, industry, kept, home, datetime.datetime.now(datetime.UTC))
