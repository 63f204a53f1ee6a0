"""From tables to a partner's folder: files, a receipt, and a line in the record of disclosures before anything appears.

A delivery is a folder ``partners/<partner>/returns/<industry>/<number>-<id>``, whole or not there; its receipt lists each file
with rows and hash. The same content is not delivered twice, also where a page would look different now. Not here: what is in the tables (build.py).
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from credential_pipeline.clearinghouse.disclosure_record import RETURN, DisclosureRecord, Sending
from credential_pipeline.clearinghouse.return_files.files import ReturnFile, files_of
from credential_pipeline.clearinghouse.return_files.partners import RETURNS, Given
from credential_pipeline.engines.exchange.delimited import write_rows
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.recipes.sql import identifier
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.durable import canonical_json, flush
from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.private_files import private_folder, sha256_file, write_bytes, write_failure
from credential_pipeline.foundation.storage.relation import Relation, Scratch, scratch
from credential_pipeline.foundation.storage.sql import statement

RECEIPT = "receipt.json"
_PART = ".part-"
_ID_DIGITS = 12
_NOTICE = (
    "Personal data given under the agreement named here, for its purpose alone. Do not pass it on (34 CFR 99.33); destroy it by"
    " the day named here. People who opted out are in no file."
)


@dataclass(frozen=True)
class Delivered:
    """What a partner was given, or had been given already.

    Attributes:
        partner: The partner.
        folder: Where it lies.
        files: Number of files.
        new: Whether this call made it.
    """

    partner: str
    folder: Path
    files: int
    new: bool


def deliver(con: Connection, given: Given, home: Path, when: datetime) -> tuple[Delivered, ...]:
    """Write what each partner gets.

    Args:
        con: The connection in which ``build`` made the tables of ``return_files``.
        given: Agreements and folders.
        home: The clearinghouse's folder.
        when: Time for the record, with its zone.

    Raises:
        SafeError: ``E_WRITE``, ``E_LEDGER_BROKEN``, ``E_FOLDER_PERMISSIONS``.
    """
    with scratch(con) as work:
        made = (_deliver(work, given, agreement, home, when) for agreement in given.in_force)
        return tuple(one for one in made if one is not None)


def _deliver(work: Scratch, given: Given, agreement: ReturnAgreement, home: Path, when: datetime) -> Delivered | None:
    files = files_of(work, given, agreement)
    if not files:
        return None
    record = DisclosureRecord(home)
    folder = given.partners / agreement.partner / RETURNS / given.industry.industry
    staged = folder / f"{_PART}{when:%H%M%S%f}"
    try:
        rows = _stage(work, agreement, files, staged)
        hashes = {file.name: sha256_file(staged / file.name)[0] for file in files}
        package_id = _package_id(given, agreement, hashes | _digests_of_texts(files))
        newest = max(folder.glob("[0-9]*-*"), default=None)
        if newest is not None and newest.name.endswith(f"-{package_id[:_ID_DIGITS]}"):
            record.complete(package_id, when)
            return Delivered(agreement.partner, newest, len(files), new=False)
        number = 1 + record.sent(given.industry.industry, RETURN, agreement.id)
        sending = Sending(
            kind=RETURN,
            package_id=package_id,
            number=number,
            industry=given.industry.industry,
            terms=agreement,
            recipient_key="",
            legal_basis=agreement.basis,
            tables={file.name: (rows[file.name], file.headers) for file in files},
        )
        write_bytes(staged / RECEIPT, _receipt(sending, hashes, when))
        flush(staged)
        record.prepare(work.con, sending, str(_members(work, agreement)), when)
        final = folder / f"{number:04d}-{package_id[:_ID_DIGITS]}"
        staged.rename(final)
        flush(folder)
        record.complete(package_id, when)
    except OSError as error:
        raise write_failure(error, folder) from None
    except duckdb.Error:
        # The engine quotes values in its messages.
        message = (
            f"The return files for {agreement.partner} can't be written: see that the disk has space, then run again."
        )
        raise SafeError("E_WRITE", message) from None
    finally:
        # Under its final name nothing is left here; whatever stopped before must not lie where the partner looks.
        shutil.rmtree(staged, ignore_errors=True)
    return Delivered(agreement.partner, final, len(files), new=True)


def _stage(work: Scratch, agreement: ReturnAgreement, files: Sequence[ReturnFile], staged: Path) -> dict[str, int]:
    """Write the files where no partner looks, after what a run that was cut off left there is gone; their rows."""
    folder = staged.parent
    for part in reversed([folder, *folder.parents][:4]):
        private_folder(part)
    for left in folder.glob(f"{_PART}*"):
        shutil.rmtree(left)
    staged.mkdir(mode=0o700)
    for file in files:
        _refuse_withheld(work, agreement, file)
    return {file.name: _write(work, file, staged / file.name) for file in files}


def _refuse_withheld(work: Scratch, agreement: ReturnAgreement, file: ReturnFile) -> None:
    """Look once more that what the agreement withholds is empty.

    Raises:
        SafeError: ``E_WITHHELD``.
    """
    withheld = [column for column in file.columns if file.personal and column in agreement.withheld]
    if not withheld:
        return
    told = " OR ".join(f"{identifier(column)} IS NOT NULL" for column in withheld)
    if work.con.execute(f"SELECT count(*) FROM {file.rows} WHERE {told}").fetchall()[0][0]:
        message = f"{file.name} for {agreement.partner} tells a column that the agreement withholds; nothing was given."
        raise SafeError("E_WITHHELD", message)


def _write(work: Scratch, file: ReturnFile, path: Path) -> int:
    """Write one file; the number of its rows."""
    if file.rows is None:
        write_bytes(path, file.text.encode())
        return 0
    write_bytes(path, b"")
    write_rows(work, file.rows, path, file.columns, file.headers, file.order)
    flush(path)
    path.chmod(0o600)
    return int(work.con.execute(f"SELECT count(*) FROM {file.rows}").fetchall()[0][0])


def _digests_of_texts(files: Sequence[ReturnFile]) -> dict[str, str]:
    """Of pages the words and figures only: whose style sheet changed would else be one more disclosure of everybody told of."""
    return {file.name: hashlib.sha256(file.said.encode()).hexdigest() for file in files if file.rows is None}


def _package_id(given: Given, agreement: ReturnAgreement, hashes: dict[str, str]) -> str:
    content = {"industry": given.industry.industry, "agreement": agreement.model_dump(mode="json"), "files": hashes}
    return hashlib.sha256(canonical_json(content)).hexdigest()


def _receipt(sending: Sending, hashes: dict[str, str], when: datetime) -> bytes:
    """What a partner checks the delivery against: files, rows and hashes, agreement, purpose and notice."""
    said = sending.said()
    tables = said.pop("tables")
    files = [{"file": name, "sha256": hashes[name], **about} for name, about in sorted(tables.items())]
    body = {"package_id": sending.package_id, "notice": _NOTICE, **said, "files": files, "made": when.isoformat()}
    return (json.dumps(body, indent=2, sort_keys=True) + "\n").encode()


def _members(work: Scratch, agreement: ReturnAgreement) -> Relation:
    """Whom the person-level files tell of: learner_id (the student's id where there is no learner), row_id."""
    return work.table("members", statement(__package__, "members.sql"), {"partner": agreement.partner})


def partners_given(delivered: Sequence[Delivered]) -> str:
    """A line for people: who was given how many files."""
    return (
        ", ".join(f"{one.partner} {one.files} files{'' if one.new else ' (as before)'}" for one in delivered)
        or "nobody"
    )
