"""Seals an approved release, or a withdrawal, for the public side, and writes it into the ledger before anybody can see it."""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from credential_pipeline.enclave.outcome_release.acts import WITHDRAWN, Standing, Statement, require_approved, standing
from credential_pipeline.enclave.outcome_release.kept_counts import require_counts
from credential_pipeline.enclave.outcome_release.ledger import Entry, chain, entries, files_of, record
from credential_pipeline.enclave.outcome_release.people import People
from credential_pipeline.enclave.outcome_release.releases import EARLIER, known_before
from credential_pipeline.enclave.outcome_release.revisions import refuse_revisions
from credential_pipeline.engines.handover.agreement import release_terms, require_agreement
from credential_pipeline.engines.handover.arrivals import witnesses
from credential_pipeline.engines.handover.keys import ENCLAVE_TO_PUBLICATION, load_recipient, load_signing_key
from credential_pipeline.engines.handover.manifest import ManifestFacts, PackageManifest
from credential_pipeline.engines.handover.package import SealedPackage, seal
from credential_pipeline.foundation.contracts.outcome_release import SNAPSHOT
from credential_pipeline.foundation.contracts.published_outcomes import ACTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.model import Industry
from credential_pipeline.foundation.storage.chain import Head, Line, head_of
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.foundation.storage.snapshots import Version


@dataclass(frozen=True)
class Sealing:
    """Where and when a release is sealed.

    Attributes:
        home: Folder of the enclave, with its keys and its ledger.
        industry: The industry with its agreement.
        outbox: Where the package is put.
        today: Day on which the agreement must be in force.
        when: Time of sealing, with its zone.
    """

    home: Path
    industry: Industry
    outbox: Path
    today: date
    when: datetime


def publish(version: Version, statement: Statement, place: Sealing) -> SealedPackage:
    """Seal what was approved; once sealed, the same call gives the same package again.

    Args:
        version: The version of ``outcome_release`` that the statement names; of a withdrawal any, only its shape is sent.
        statement: What was approved.
        place: Where and when.

    Raises:
        SafeError: It is not approved, the version is damaged, or the agreement, a key or the ledger is not as it must be;
            nothing was sealed.
    """
    ledger = chain(place.home)
    lines = ledger.lines(witnesses(place.outbox.parent, load_signing_key(place.home, ENCLAVE_TO_PUBLICATION).public))
    found = standing(lines, statement.industry)
    if found is None or found.statement != statement or not found.published:
        found = require_approved(ledger, People(place.home), statement, place.when)
        refuse_outdated(version, statement, place.home)
        refuse_revisions(version, statement, place.home)
    approved, head = found, head_of(lines)
    agreement = release_terms(require_agreement(place.industry, place.today), place.today)
    sent = max((line.facts.get("number", 0) for line in lines if _about(line, statement.industry)), default=0)
    facts = ManifestFacts(SNAPSHOT.name, statement.industry, agreement, place.when, sent=sent, ledger=head)
    with tempfile.TemporaryDirectory(dir=place.home, prefix=".sealing-") as folder:
        return seal(
            _files(version, statement, _act(approved, lines), Path(folder)),
            place.outbox,
            facts,
            load_signing_key(place.home, ENCLAVE_TO_PUBLICATION),
            load_recipient(place.home, ENCLAVE_TO_PUBLICATION),
            before_publish=lambda manifest: _record(place, version, approved, manifest, head),
        )


def whole_releases(home: Path, outbox: Path) -> int:
    """How many lines the ledger of releases has, once it, the packages in the outbox and the files it names agree.

    Args:
        home: Folder of the enclave.
        outbox: Folder of the packages of all industries; what was taken from there is no witness any more.

    Raises:
        SafeError: ``E_LEDGER_BROKEN``, ``E_RELEASE_FILE``, or what is wrong with a package.
    """
    sealed = any(path.is_dir() for path in outbox.glob("*/*"))
    seen = witnesses(outbox, load_signing_key(home, ENCLAVE_TO_PUBLICATION).public) if sealed else []
    lines = chain(home).lines(seen)
    released = entries(lines)
    files_of(released, home)
    for entry in released:
        require_counts(home, entry)
    return len(lines)


def refuse_outdated(version: Version, statement: Statement, home: Path) -> None:
    """Refuse what was attacked without a release that another industry has published since.

    Raises:
        SafeError: ``E_OUTDATED``.
    """
    known = known_before(home, statement.industry, statement.release)
    if statement.kind != "withdrawal" and version.manifest.inputs.get(EARLIER) != known:
        message = (
            f"Release {statement.release} of {statement.industry} was attacked before another release became public: run "
            f"outcome_release again, and propose what it makes."
        )
        raise SafeError("E_OUTDATED", message)


def _about(line: Line, industry: str) -> bool:
    return bool(line.facts.get("statement", {}).get("industry") == industry)


def _record(place: Sealing, version: Version, approved: Standing, manifest: PackageManifest, head: Head) -> None:
    statement = approved.statement
    if statement.kind != "withdrawal":
        entry = Entry(**version.manifest.facts["entry"])
        # A run that broke off may have written others: what the ledger names must be there for every later attack.
        require_counts(place.home, entry)
        record(place.home, entry, approved, manifest.number, place.when, head)
    elif not approved.published:
        facts = {"statement": vars(statement), "number": manifest.number}
        chain(place.home).append(WITHDRAWN, facts, place.when, head)


def _act(approved: Standing, lines: list[Line]) -> tuple[str, ...]:
    """The row of ``release_acts``: what readers are told of the act; the day is that of the last approval."""
    statement = approved.statement
    days = [
        line.when[:10] for line in lines if line.facts.get("statement") == vars(statement) and line.kind == "approved"
    ]
    by = ", ".join(signed.fingerprint for signed in approved.approvals)
    return statement.release, statement.kind, statement.corrects, statement.reason, by, days[-1]


def _files(version: Version, statement: Statement, act: tuple[str, ...], folder: Path) -> dict[str, Path]:
    """The tables to send; a withdrawal sends them without rows."""
    files = {table.name: version.path(table.name) for table in SNAPSHOT}
    with connect(threads=1) as con:
        columns = ", ".join(f'"{name}" {kind}' for name, kind in ACTS.schema.items())
        con.execute(f"CREATE TABLE acts ({columns})")
        con.execute(f"INSERT INTO acts VALUES ({', '.join('?' for _ in act)})", list(act))
        con.execute(f"COPY acts TO {literal(str(folder / 'acts.parquet'))} (FORMAT parquet)")
        if statement.kind == "withdrawal":
            for name, path in files.items():
                files[name] = folder / f"{name}.parquet"
                rows = f"SELECT * FROM read_parquet({literal(str(path))}) WHERE false"
                con.execute(f"COPY ({rows}) TO {literal(str(files[name]))} (FORMAT parquet)")
    return files | {ACTS.name: folder / "acts.parquet"}
