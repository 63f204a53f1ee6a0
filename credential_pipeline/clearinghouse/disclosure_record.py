"""The record of disclosures: who received which rows of whom, when, why and under what agreement.

Source: 34 CFR 99.32 (record the parties and their legitimate interests, keep it as long as the education record).
The ledger in ``<clearinghouse home>/disclosures`` has a line ``prepared``, written before a package appears, and a line
``done`` after it went; the people of each package are in a Parquet file beside, whose hash is in the line. All hops that give
anything away write here. Not here: what makes the ledger notice a change (foundation/storage/chain.py), what is sent and how.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.registry.agreements import Terms
from credential_pipeline.foundation.storage.chain import Chain, Head
from credential_pipeline.foundation.storage.durable import exclusive, flush
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.private_files import private_folder, sha256_file, write_failure

#: Directory information is exempt from 99.32; such disclosures are recorded all the same, and marked.
_EXEMPT_BASIS = "99.31(a)(11)"


@dataclass(frozen=True)
class Disclosure:
    """One line of the record.

    Attributes:
        state: prepared, done or void.
        package_id: The package.
        facts: Parties, purpose, agreement, tables with rows and columns, learners; empty but of ``prepared``.
        when: ISO time that the caller gave.
    """

    state: str
    package_id: str
    facts: dict[str, Any]
    when: str


EXTRACT, RETURN, OWN_RECORD, REQUEST = "census_extract", "return_files", "own_record", "student_tracker_request"
"""What is given: a package for the enclave, files for a partner, a person's own record, a request that names learners to a service."""


@dataclass(frozen=True)
class Sending:
    """What is about to be given to somebody.

    Attributes:
        kind: One of :data:`EXTRACT`, :data:`RETURN`, :data:`OWN_RECORD`, :data:`REQUEST`.
        package_id: Hash of the content.
        number: 1, 2, 3 … of what was given of this kind, for the industry, under the agreement.
        industry: The industry.
        terms: The agreement under which it goes.
        recipient_key: Fingerprint of the key that can open it; empty where it is not sealed.
        legal_basis: Legal basis to the columns that cross on it.
        tables: Table or file to its rows and its columns.
        asked: Who asks, under which code and query, where a service is asked.
    """

    kind: str
    package_id: str
    number: int
    industry: str
    terms: Terms
    recipient_key: str
    legal_basis: Mapping[str, Sequence[str]]
    tables: Mapping[str, tuple[int, Sequence[str]]]
    asked: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        """The line of the record, without who is in it."""
        return {
            "kind": self.kind,
            "agreement_id": self.terms.id,
            "legal_basis": {basis: list(columns) for basis, columns in self.legal_basis.items()},
            "purpose": self.terms.purpose,
            "sender": self.terms.sender,
            "recipient": self.terms.recipient,
            "recipient_key": self.recipient_key,
            "industry": self.industry,
            "number": self.number,
            "exempt_from_99_32": all(_EXEMPT_BASIS in basis.replace(" ", "") for basis in self.legal_basis),
            "destroy_by": self.terms.destroy_by.isoformat(),
            "tables": {name: {"rows": rows, "columns": list(columns)} for name, (rows, columns) in self.tables.items()},
            **({"asked": dict(self.asked)} if self.asked else {}),
        }


def kind_of(prepared: Disclosure) -> str:
    """What was given; lines of before there were kinds are about extracts."""
    return str(prepared.facts.get("kind", EXTRACT))


class DisclosureRecord:
    """The ledger of one clearinghouse."""

    def __init__(self, home: Path) -> None:
        """Use, or on the first write make, ``<home>/disclosures``."""
        self.folder = home / "disclosures"
        self.path = self.folder / "ledger.jsonl"
        self.chain = Chain(home, self.path, "disclosures")

    def entries(self, witnesses: Iterable[Head] = ()) -> list[Disclosure]:
        """Every line in order, after the chain was checked.

        Args:
            witnesses: Heads that packages which were sent say the ledger had.

        Raises:
            SafeError: ``E_LEDGER_BROKEN``, or ``E_KEY_PERMISSIONS`` if others can read the ledger.
        """
        found = self.chain.lines(witnesses)
        return [Disclosure(line.kind, line.facts["package_id"], line.facts["about"], line.when) for line in found]

    def state(self, package_id: str) -> str | None:
        """The last state of a package, or None if it is not recorded."""
        return self._state(package_id)

    def sent(self, industry: str, kind: str = EXTRACT, agreement: str = "") -> int:
        """The largest number that was given of a kind for an industry; 0 if nothing was ever prepared.

        Args:
            industry: The industry.
            kind: What was given.
            agreement: Under which agreement; under any if empty.
        """
        mine = [
            int(entry.facts["number"])
            for entry in self.entries()
            if entry.state == "prepared"
            and entry.facts["industry"] == industry
            and kind_of(entry) == kind
            and agreement in {"", entry.facts["agreement_id"]}
        ]
        return max(mine, default=0)

    def unfinished(self) -> list[str]:
        """Packages that were prepared and neither done nor voided: hand them over again, or void them."""
        last = {entry.package_id: entry.state for entry in self.entries()}
        return sorted(package_id for package_id, state in last.items() if state == "prepared")

    def prepare(self, con: Connection, sending: Sending, members: str, when: datetime) -> None:
        """Record that something is about to go; nothing happens if it is recorded already and not void.

        Args:
            con: Connection in which ``members`` is a relation.
            sending: What goes, to whom and why.
            members: Relation with the columns ``learner_id`` and ``row_id``, one row per person of the package; several under one
                ``row_id`` where a person may be looked for under several ids (:mod:`.people_on_record`).
            when: Time, with its zone.
        """
        with self._locked():
            if (
                self._state(sending.package_id) in {"prepared", "done"}
                and self._number(sending.package_id) == sending.number
            ):
                return
            count, digest = self._write_members(con, sending.package_id, members)
            self._append(
                "prepared", sending.package_id, sending.said() | {"learners": count, "members_sha256": digest}, when
            )

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

    def who_received(self, con: Connection, learner_id: str, also: Collection[str] = ()) -> list[Disclosure]:
        """The disclosures that hold a learner, in the order in which they were prepared; voided ones left out.

        Args:
            con: Any connection.
            learner_id: The learner.
            also: Further ids under which the learner may be on record.

        Raises:
            SafeError: ``E_LEDGER_BROKEN`` if the ledger or a list of members was changed.
        """
        entries = self.entries()
        last = {entry.package_id: entry.state for entry in entries}
        found = []
        for entry in entries:
            if entry.state != "prepared" or last[entry.package_id] == "void":
                continue
            path = self.members(entry.package_id)
            try:
                intact = sha256_file(path)[0] == entry.facts["members_sha256"]
            except FileNotFoundError:
                intact = False
            if not intact:
                raise self._lost(entry.package_id)
            query = "SELECT count(*) FROM read_parquet(?) WHERE learner_id IN (SELECT unnest(?::VARCHAR[]))"
            if con.execute(query, [str(path), [learner_id, *sorted(also)]]).fetchall()[0][0]:
                found.append(entry)
        return found

    def _state(self, package_id: str) -> str | None:
        states = [entry.state for entry in self.entries() if entry.package_id == package_id]
        return states[-1] if states else None

    def _number(self, package_id: str) -> int:
        """The number under which a package was prepared last."""
        found = [entry.facts["number"] for entry in self.entries() if entry.package_id == package_id and entry.facts]
        return int(found[-1])

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

    def _append(self, state: str, package_id: str, about: dict[str, Any], when: datetime) -> None:
        self.chain.append(state, {"package_id": package_id, "about": about}, when)

    def members(self, package_id: str) -> Path:
        """The list of learners of a package: learner_id, row_id; part of the record, never destroyed with the package."""
        return self.folder / "members" / f"{package_id}.parquet"

    def _write_members(self, con: Connection, package_id: str, members: str) -> tuple[int, str]:
        path = self.members(package_id)
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        try:
            con.execute(
                f"COPY (SELECT learner_id, row_id FROM {members} ORDER BY row_id, learner_id) TO {literal(str(part))} (FORMAT parquet)"
            )
            part.chmod(0o600)
            flush(part)
            count = con.execute("SELECT count(DISTINCT row_id) FROM read_parquet(?)", [str(part)]).fetchall()[0][0]
            part.replace(path)
        except duckdb.Error:
            message = f"Can't write the list of learners to {path}: see that the disk has space, then run again."
            raise SafeError("E_WRITE", message) from None
        finally:
            part.unlink(missing_ok=True)
        flush(path.parent)
        return int(count), sha256_file(path)[0]

    def _lost(self, package_id: str) -> SafeError:
        message = (
            f"The list of learners of package {package_id} in {self.folder} was changed or lost: put back the copy of the "
            f"last backup and explain the difference."
        )
        return SafeError("E_LEDGER_BROKEN", message)
