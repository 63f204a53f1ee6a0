"""Releases of the enclave: what is already public, and the id of the next one.

What is public stays as it was approved: a program that would only write it in other words or looks is no reason for a release.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.enclave.outcome_release.ledger import Entry, approved_version, chain, entries, files_of
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.storage.durable import sha256, write_atomically
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.private_files import private_folder
from credential_pipeline.foundation.storage.snapshots import Version

EARLIER = "earlier releases"
"""Name of the input that stands for what a proposal was attacked with."""
_KEPT = "releases"
_NOTICE = "notice.txt"


def read_notice(home: Path) -> str:
    """The line of this installation that must stand out in every report; empty if there is none."""
    path = home / _NOTICE
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def last_release(home: Path, industry: str) -> Entry | None:
    """The industry's last release, withdrawn or not; None if it never had one.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, or ``E_RELEASE_FILE``: its file is not what it was.
    """
    mine = [entry for entry in entries(chain(home).lines()) if entry.industry == industry]
    files_of(mine[-1:], home)
    return mine[-1] if mine else None


def known_before(home: Path, industry: str, release: str) -> str:
    """Hash of what was public before a release, or is public now if it is not: what it is attacked with.

    Args:
        home: Folder of the enclave.
        industry: The partition.
        release: Id of the industry's present release or proposal.
    """
    released = entries(chain(home).lines())
    places = [place for place, entry in enumerate(released) if (entry.industry, entry.release) == (industry, release)]
    return _hash_of(released[: places[0]] if places else released)


@dataclass(frozen=True)
class Binding:
    """What a release depends on besides its figures.

    Attributes:
        words: Hash of what the pages say besides: words of the registry, and the notice.
        tables: Version of the tables.
    """

    words: str = ""
    tables: str = ""


@dataclass(frozen=True)
class Decision:
    """A release's id, and what it was decided on.

    Attributes:
        entry: The release as the ledger will know it.
        earlier: The files of earlier releases, of all industries, that an attacker also holds.
        known: Hash of just these, as :func:`known_before` gives it.
        approved: Version of ``outcome_release`` whose files are public as just this release; empty if it is new.
    """

    entry: Entry
    earlier: tuple[Path, ...]
    known: str
    approved: str = ""


def decide(home: Path, industry: str, protect: Callable[[list[Path]], Path], binding: Binding) -> Decision:
    """Protect the figures against everything that is already public, and give the release its id.

    Releases of all industries count, since people can be in several. Tables of which the industry's last release was made
    are first protected as they were then: figures that come out as they are public tell nobody anything new, by whatever
    program or words, and figures hidden otherwise would. With the same words they are that release. Other figures are
    protected with every earlier release in mind. What is no earlier release gets the next number of the industry with the
    first digits of the hash of all that becomes public.

    Args:
        home: Folder of the enclave.
        industry: The partition.
        protect: Writes the public file, with its column ``release`` empty, given the files of earlier releases.
        binding: What else the release depends on.
    """
    lines = chain(home).lines()
    released = entries(lines)
    files = files_of(released, home)
    mine = [place for place, entry in enumerate(released) if entry.industry == industry]
    digest = ""
    if mine and released[mine[-1]].tables == binding.tables:
        last = released[mine[-1]]
        before = files[: next(place for place in mine if released[place].sha256 == last.sha256)]
        if sha256(protect(before)) == last.sha256:
            digest = last.sha256
            if binding.words == last.binds:
                return Decision(last, tuple(before), _hash_of(released[: mine[-1]]), approved_version(lines, last))
    digest = digest or sha256(protect(files))
    number = len({entry.release for entry in released if entry.industry == industry}) + 1
    name = f"r{number:04d}-{hashlib.sha256(f'{digest} {binding.words}'.encode()).hexdigest()[:8]}"
    file = (Path(_KEPT) / industry / f"{name}.csv").as_posix()
    entry = Entry(name, industry, file, digest, binding.words, tables=binding.tables)
    return Decision(entry, tuple(files), _hash_of(released))


def keep(home: Path, entry: Entry, staged: Path) -> None:
    """Keep the file that was attacked, as it will be released: every later release is attacked with it in hand."""
    kept = home / entry.file
    private_folder(private_folder(home / _KEPT) / entry.industry)
    if not kept.is_file() or sha256(kept) != entry.sha256:
        write_atomically(kept, staged.read_bytes())


def take_over(con: Connection, approved: Version) -> None:
    """Let the tables of a proposal be those that were approved: the same figures need no other words and no other looks.

    Args:
        con: Connection with the tables of ``outcome_release``.
        approved: The version that is public.
    """
    for table in approved.snapshot:
        path = literal(str(approved.path(table.name)))
        con.execute(f'CREATE OR REPLACE TABLE {approved.snapshot.name}."{table.name}" AS FROM read_parquet({path})')


def _hash_of(released: Sequence[Entry]) -> str:
    return hashlib.sha256(" ".join(entry.sha256 for entry in released).encode()).hexdigest()[:16]
