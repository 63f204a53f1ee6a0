"""The record of disclosures: who received which rows of whom, when, why and under what agreement.

Source: 34 CFR 99.32 (record the parties and their legitimate interests, keep it as long as the education record).
An append-only JSON-lines ledger in ``<clearinghouse home>/disclosures``; each line holds the hash of the line before,
and a head file holds the length and the last hash, so that neither a changed nor a removed line goes unseen. A row
``prepared`` is written before a package appears and ``done`` after it went; the learners of each package are in a
Parquet file beside, whose hash is in the row. Not here: sealing and sending (hand_over.py).
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from credential_pipeline.engines.handover.manifest import PackageManifest
from credential_pipeline.engines.handover.private_files import private_folder, read_private, sha256_file, write_failure
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import canonical_json, exclusive, flush, write_atomically
from credential_pipeline.foundation.storage.engine import Connection

_START = "0" * 64
#: Directory information is exempt from 99.32; such disclosures are recorded all the same, and marked.
_EXEMPT_BASIS = "99.31(a)(11)"


@dataclass(frozen=True)
class Entry:
    """One line of the ledger.

    Attributes:
        sequence: 1, 2, 3 …
        state: prepared, done or void.
        package_id: The package.
        facts: Parties, purpose, agreement, tables with rows and columns, learners; as JSON.
        when: ISO time that the caller gave.
        previous: Hash of the line before.
        hash: Hash of this line.
    """

    sequence: int
    state: str
    package_id: str
    facts: dict[str, Any]
    when: str
    previous: str
    hash: str


class DisclosureRecord:
    """The ledger of one clearinghouse."""

    def __init__(self, home: Path) -> None:
        """Use, or on the first write make, ``<home>/disclosures``."""
        self.folder = home / "disclosures"
        self.path = self.folder / "ledger.jsonl"
        self._head = self.folder / "ledger.head"

    def entries(self) -> list[Entry]:
        """Every line in order, after the chain was checked.

        Raises:
            SafeError: ``E_LEDGER_BROKEN``, or ``E_KEY_PERMISSIONS`` if others can read the ledger.
        """
        with self._locked():
            return self._entries()

    def state(self, package_id: str) -> str | None:
        """The last state of a package, or None if it is not recorded."""
        with self._locked():
            return self._state(package_id)

    def unfinished(self) -> list[str]:
        """Packages that were prepared and neither done nor voided: hand them over again, or void them."""
        last = {entry.package_id: entry.state for entry in self.entries()}
        return sorted(package_id for package_id, state in last.items() if state == "prepared")

    def prepare(self, con: Connection, manifest: PackageManifest, members: str, when: datetime) -> None:
        """Record that a package is about to go; nothing happens if it is recorded already and not void.

        Args:
            con: Connection in which ``members`` is a relation.
            manifest: The package.
            members: Relation with the columns ``learner_id`` and ``row_id``, one row per learner of the package.
            when: Time, with its zone.
        """
        with self._locked():
            if self._state(manifest.package_id) in {"prepared", "done"}:
                return
            count, digest = self._write_members(con, manifest.package_id, members)
            content = manifest.content
            facts = {
                "agreement_id": content.agreement_id,
                "legal_basis": content.legal_basis,
                "purpose": content.purpose,
                "sender": content.sender,
                "recipient": content.recipient,
                "recipient_key": content.recipient_key,
                "industry": content.industry,
                "exempt_from_99_32": _EXEMPT_BASIS in content.legal_basis.replace(" ", ""),
                "destroy_by": content.destroy_by.isoformat(),
                "tables": {
                    name: {"rows": file.rows, "columns": list(file.columns)} for name, file in content.files.items()
                },
                "learners": count,
                "members_sha256": digest,
            }
            self._append("prepared", manifest.package_id, facts, when)

    def complete(self, package_id: str, when: datetime) -> None:
        """Record that a prepared package went; nothing happens if it is recorded so.

        Raises:
            SafeError: ``E_LEDGER_STATE`` if it was never prepared, or voided.
        """
        self._finish(package_id, "done", when)

    def void(self, package_id: str, when: datetime) -> None:
        """Record that a prepared package never went.

        Raises:
            SafeError: ``E_LEDGER_STATE`` if it was never prepared, or has gone.
        """
        self._finish(package_id, "void", when)

    def who_received(self, con: Connection, learner_id: str) -> list[Entry]:
        """The disclosures that hold a learner, in the order in which they were prepared; voided ones left out.

        Raises:
            SafeError: ``E_LEDGER_BROKEN`` if the ledger or a list of members was changed.
        """
        entries = self.entries()
        last = {entry.package_id: entry.state for entry in entries}
        found = []
        for entry in entries:
            if entry.state != "prepared" or last[entry.package_id] == "void":
                continue
            path = self._members(entry.package_id)
            try:
                intact = sha256_file(path)[0] == entry.facts["members_sha256"]
            except FileNotFoundError:
                intact = False
            if not intact:
                raise self._broken()
            query = "SELECT count(*) FROM read_parquet(?) WHERE learner_id = ?"
            if con.execute(query, [str(path), learner_id]).fetchall()[0][0]:
                found.append(entry)
        return found

    def _entries(self) -> list[Entry]:
        if not self.path.exists() and not self._head.exists():
            return []
        try:
            lines = read_private(self.path).split(b"\n")
            head: dict[str, Any] = {"lines": 0, "hash": _START}
            if self._head.exists():
                head = json.loads(read_private(self._head))
            # What follows the last line end is a write that a crash cut short; it never counted.
            entries = [_parse(line) for line in lines[:-1]]
            counted, last = int(head["lines"]), str(head["hash"])
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            raise self._broken() from None
        previous = _START
        for place, entry in enumerate(entries, start=1):
            if (entry.sequence, entry.previous, entry.hash) != (place, previous, _hash(entry)):
                raise self._broken()
            previous = entry.hash
        # A crash between the line and the head leaves the head one line behind, never more.
        hashes = [_START, *(entry.hash for entry in entries)]
        if not 0 <= len(entries) - counted <= 1 or hashes[counted] != last:
            raise self._broken()
        return entries

    def _state(self, package_id: str) -> str | None:
        states = [entry.state for entry in self._entries() if entry.package_id == package_id]
        return states[-1] if states else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            private_folder(self.folder)
            private_folder(self.folder / "members")
            with exclusive(self.folder):
                yield
        except OSError as error:
            raise write_failure(error, self.folder) from None

    def _finish(self, package_id: str, state: str, when: datetime) -> None:
        with self._locked():
            found = self._state(package_id)
            if found == state:
                return
            if found != "prepared":
                message = (
                    f"Package {package_id} is {found or 'not'} in the record of disclosures {self.path} and can't "
                    f"become {state}: prepare it first."
                )
                raise SafeError("E_LEDGER_STATE", message)
            self._append(state, package_id, {}, when)

    def _append(self, state: str, package_id: str, facts: dict[str, Any], when: datetime) -> None:
        entries = self._entries()
        previous = entries[-1].hash if entries else _START
        unsigned = Entry(len(entries) + 1, state, package_id, facts, when.isoformat(), previous, "")
        entry = Entry(**(vars(unsigned) | {"hash": _hash(unsigned)}))
        self.path.touch(mode=0o600)
        with self.path.open("r+b") as ledger:
            whole = ledger.read().rfind(b"\n") + 1
            ledger.truncate(whole)
            ledger.seek(whole)
            ledger.write(canonical_json(vars(entry)) + b"\n")
            ledger.flush()
            flush(self.path)
        write_atomically(self._head, canonical_json({"lines": entry.sequence, "hash": entry.hash}))

    def _members(self, package_id: str) -> Path:
        return self.folder / "members" / f"{package_id}.parquet"

    def _write_members(self, con: Connection, package_id: str, members: str) -> tuple[int, str]:
        path = self._members(package_id)
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        literal = str(part).replace("'", "''")
        try:
            con.execute(
                f"COPY (SELECT learner_id, row_id FROM {members} ORDER BY row_id) TO '{literal}' (FORMAT parquet)"
            )
            part.chmod(0o600)
            flush(part)
            count = con.execute("SELECT count(*) FROM read_parquet(?)", [str(part)]).fetchall()[0][0]
            part.replace(path)
        except duckdb.Error:
            message = f"Can't write the list of learners to {path}: see that the disk has space, then run again."
            raise SafeError("E_WRITE", message) from None
        finally:
            part.unlink(missing_ok=True)
        flush(path.parent)
        return int(count), sha256_file(path)[0]

    def _broken(self) -> SafeError:
        message = (
            f"The record of disclosures {self.path} was changed by hand or damaged: nothing is sent before the copy of "
            f"the last backup is put back and the difference explained."
        )
        return SafeError("E_LEDGER_BROKEN", message)


def _parse(line: bytes) -> Entry:
    return Entry(**json.loads(line))


def _hash(entry: Entry) -> str:
    plain = {name: value for name, value in vars(entry).items() if name != "hash"}
    return hashlib.sha256(canonical_json(plain)).hexdigest()
