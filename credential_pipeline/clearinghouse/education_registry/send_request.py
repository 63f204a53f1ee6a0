"""Write a request to the StudentTracker service and record its disclosure: in the one order that leaves none unrecorded.

The file is made under another name, the record says ``prepared``, the file appears, the record says ``done``. A call that was cut off
is finished by asking the same again. Not here: who may be named (ask.py), and who opens the ledger (assets/console/ask.py).
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from credential_pipeline.clearinghouse.disclosure_record import REQUEST, DisclosureRecord, Sending
from credential_pipeline.clearinghouse.people_on_record import record_key
from credential_pipeline.engines.exchange.student_tracker.request import Header
from credential_pipeline.engines.exchange.student_tracker.request_writer import write_request
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.request_agreements import RequestAgreement
from credential_pipeline.foundation.storage.durable import canonical_json, flush
from credential_pipeline.foundation.storage.private_files import sha256_file, write_failure
from credential_pipeline.foundation.storage.relation import Relation, Scratch

TABLE = "request"
"""How the record names the file, whatever it is called: its name may be a person's."""

_PART = ".part"


@dataclass(frozen=True)
class Asking:
    """Who asks for what.

    Attributes:
        industry: About whose learners.
        agreement: Under which they may be named.
        header: Who asks, when, and for which kind of query.
        account: The account that runs this.
    """

    industry: str
    agreement: RequestAgreement
    header: Header
    account: str


def send_request(
    work: Scratch, people: Relation, learners: Relation | None, path: Path, asking: Asking, home: Path, when: datetime
) -> int:
    """Write a request and its line of the ledger; return how many people it names.

    Args:
        work: Makes relations, in a connection with ``cleaned_learners.credentials``.
        people: Whom it names.
        learners: ``linked_records.profile_links``, where learners were linked before.
        path: The file to write, which does not exist, unless an earlier call was cut off after it had appeared.
        asking: Who asks for what.
        home: The clearinghouse's folder.
        when: Time for the record, with its zone.

    Raises:
        SafeError: ``E_EXISTS``, ``E_WRITE``, ``E_LEDGER_BROKEN``, ``E_REQUEST_RETURN_FIELD``.
    """
    staged, record = path.with_name(f".{path.name}.{os.getpid()}{_PART}"), DisclosureRecord(home)
    try:
        _clear(path)
        size = write_request(work, people, staged, asking.header)
        members = _members(work, people, learners)
        sending = _sending(work, members, record, asking, staged, size)
        record.prepare(work.con, sending, str(members), when)
        _appear(staged, path, record, sending.package_id, when)
        record.complete(sending.package_id, when)
    except OSError as error:
        raise write_failure(error, path.absolute().parent) from None
    except duckdb.Error:
        # The engine quotes values in its messages.
        message = f"The request {path.name} can't be written: see that memory and disk suffice, then ask again."
        raise SafeError("E_WRITE", message) from None
    finally:
        staged.unlink(missing_ok=True)
    return size


def _appear(staged: Path, path: Path, record: DisclosureRecord, package_id: str, when: datetime) -> None:
    """Give the file its name, unless that was taken meanwhile; what does not appear was not disclosed."""
    try:
        # A hard link fails if the name is taken, where a rename would overwrite what another call wrote.
        os.link(staged, path, follow_symlinks=False)
    except FileExistsError:
        if path.is_symlink() or not path.is_file() or sha256_file(path)[0] != sha256_file(staged)[0]:
            record.void(package_id, when)
            raise SafeError("E_EXISTS", f"--out {path.name}: there is such a file; name another one.") from None
    except OSError:
        record.void(package_id, when)
        raise
    flush(path.absolute().parent)


def was_cut_off(path: Path) -> bool:
    """Whether a call that wrote this file ended before the record said so: what it made lies beside it still, as the same file."""
    return any(os.path.samestat(left.lstat(), path.lstat()) for left in _left_beside(path))


def _left_beside(path: Path) -> list[Path]:
    """What calls that were cut off left beside a file."""
    beside = path.absolute().parent.iterdir()
    return [left for left in beside if left.name.startswith(f".{path.name}.") and left.name.endswith(_PART)]


def _clear(path: Path) -> None:
    for left in _left_beside(path):
        left.unlink(missing_ok=True)


def _members(work: Scratch, people: Relation, learners: Relation | None) -> Relation:
    """Whom the request names, by the keys of their rows and, where there are any, the learners' ids: learner_id, row_id."""
    linked = f" UNION SELECT learner_id, profile_id FROM {learners} SEMI JOIN {people} ON return_field = profile_id"
    return work.table(
        "members",
        f"SELECT DISTINCT {record_key('certifier', 'record_id')} AS learner_id, profile_id AS row_id"
        f" FROM cleaned_learners.credentials SEMI JOIN {people} ON return_field = profile_id"
        + (linked if learners is not None else ""),
    )


def _sending(
    work: Scratch, members: Relation, record: DisclosureRecord, asking: Asking, staged: Path, size: int
) -> Sending:
    agreement, header = asking.agreement, asking.header
    columns: Sequence[str] = agreement.filled
    number, package_id = _numbered(record, asking, [sha256_file(staged)[0], _digest(work, members)])
    return Sending(
        kind=REQUEST,
        package_id=package_id,
        number=number,
        industry=asking.industry,
        terms=agreement,
        recipient_key="",
        legal_basis=agreement.basis,
        tables={TABLE: (size, columns)},
        asked={"by": asking.account, "code": header.school_code + header.branch, "query": header.query_type},
    )


def _numbered(record: DisclosureRecord, asking: Asking, content: list[str]) -> tuple[int, str]:
    """Number and id of a request: those of the last one, if that is the same and was cut off; each other asking is one of its own."""
    last = record.sent(asking.industry, REQUEST, asking.agreement.id)
    terms = asking.agreement.model_dump(mode="json")

    def named(number: int) -> str:
        said = {"industry": asking.industry, "agreement": terms, "content": content, "number": number}
        return hashlib.sha256(canonical_json(said)).hexdigest()

    return (last, named(last)) if last and record.state(named(last)) == "prepared" else (last + 1, named(last + 1))


def _digest(work: Scratch, members: Relation) -> str:
    lines = "string_agg(learner_id || chr(31) || row_id, chr(10) ORDER BY row_id, learner_id)"
    return str(work.con.execute(f"SELECT sha256({lines}) FROM {members}").fetchall()[0][0])
