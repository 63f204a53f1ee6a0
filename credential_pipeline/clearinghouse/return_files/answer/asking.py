"""The requests that partners left: read, refused, or the same as an earlier one.

Whatever lies in the folder is told of, and what cannot be read stops nobody else. Not here: who is meant (find.py).
"""

import hashlib
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import REQUESTS, Given
from credential_pipeline.engines.exchange.student_tracker.request import (
    Request,
    RequestError,
    read_request,
    request_id,
)
from credential_pipeline.foundation.file_names import shown_delivery
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

ENDINGS: Final = (".txt", ".tsv", ".csv")
"""Endings of what is taken for a request; anything else is refused and not passed over."""
ANSWERED, REPEATED, REFUSED = "answered", "repeated", "refused"
TOLD: Final = ("enrollments", "degrees", "credentials")
"""What a report tells, under which an agreement allows requests at all."""
UNREAD: Final = "unread"
"""Stands for the id of a request that cannot be read."""
UNREADABLE: Final = "E_REQUEST_FILE"
_MAIN: Final = "00"
_NOTHING: Final = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class Left:
    """A file that a partner left.

    Attributes:
        partner: The partner.
        file: Its name if that can be nobody's, else its id; no two files of a partner are called the same.
        id: First digits of the hash of its content, or :data:`UNREAD`.
        request: What it asks, where it is answered or repeats an answered one.
        refusal: Why it is not answered.
        repeated: Whether the partner left the same content under a name that comes before.
    """

    partner: str
    file: str
    id: str
    request: Request | None = None
    refusal: RequestError | None = None
    repeated: bool = False

    @property
    def state(self) -> str:
        """answered, repeated or refused."""
        return REFUSED if self.refusal else REPEATED if self.repeated else ANSWERED


def requests_left(work: Scratch, given: Given) -> tuple[Left, ...]:
    """Everything that partners left, by partner and file name.

    Args:
        work: Makes the relations.
        given: The agreements and where the files lie.
    """
    partners = ([*_of_partner(work, given, agreement)] for agreement in given.industry.returns)
    return tuple(left for found in partners for left in _shown(found))


def _of_partner(work: Scratch, given: Given, agreement: ReturnAgreement) -> Iterator[tuple[Left, str]]:
    """What a partner left under its own names, each with the hash of its content."""
    seen: set[str] = set()
    try:
        paths = [*given.files(agreement, REQUESTS)]
    except OSError:
        message = "requests is a link or no folder, or cannot be listed; make it a folder and see to its permissions"
        yield Left(agreement.partner, REQUESTS, UNREAD, refusal=RequestError(UNREADABLE, message)), _NOTHING
        return
    for path in paths:
        whole = _NOTHING
        left = Left(agreement.partner, path.name, UNREAD)
        try:
            content = _content(path)
            whole = hashlib.sha256(content).hexdigest()
            left = replace(left, id=request_id(content), repeated=whole in seen)
            seen.add(whole)
            _refuse_outside(given, agreement)
            left = replace(left, request=_read(work, path, agreement))
        except RequestError as refusal:
            left = replace(left, refusal=refusal)
        except OSError:
            left = replace(left, refusal=RequestError(UNREADABLE, "the file cannot be read; see to its permissions"))
        yield left, whole


def _content(path: Path) -> bytes:
    """What a file holds; what is none, or of another ending, is refused before it is opened."""
    if path.suffix.lower() not in ENDINGS or not stat.S_ISREG(path.lstat().st_mode):
        message = f"a request is a file of its own, no folder, link or pipe, and ends in {', '.join(ENDINGS)}"
        raise RequestError(UNREADABLE, message)
    return path.read_bytes()


def _shown(left: Sequence[tuple[Left, str]]) -> Iterator[Left]:
    """The files under the names by which they are told of: ids that are alike are numbered."""
    called = [shown_delivery(one.partner, one.file, whole) for one, whole in left]
    taken = {one.file for one, _ in left}.intersection(called)
    for (one, _), name in zip(left, called, strict=True):
        if name == one.file:
            yield one
        else:
            numbered = (f"{name[:-1]}-{number}]" for number in count(2))
            free = next(other for other in chain((name,), numbered) if other not in taken)
            taken.add(free)
            yield replace(one, file=free)


def _refuse_outside(given: Given, agreement: ReturnAgreement) -> None:
    """Refuse what no agreement covers today, without a look at it."""
    if not agreement.in_force(given.today):
        message = "the agreement is not in force; nothing is answered before there is a new one"
        raise RequestError("E_REQUEST_AGREEMENT", message)
    if not agreement.gets.intersection(TOLD):
        raise RequestError("E_REQUEST_AGREEMENT", "the agreement lets the partner ask for nobody")


def _read(work: Scratch, path: Path, agreement: ReturnAgreement) -> Request:
    branch = "" if agreement.branch == _MAIN else agreement.branch
    return read_request(work, path, school_code=agreement.school_code, branch=branch)


def asked_people(work: Scratch, left: tuple[Left, ...]) -> Relation:
    """Every row of the requests that are answered, numbered by partner, request and line.

    Returns:
        asked, partner, request_id, query_type and the columns of a request.
    """
    parts = [
        f"SELECT '{one.partner}' AS partner, '{one.id}' AS request_id,"
        f" '{one.request.header.query_type}' AS query_type, * FROM {one.request.rows}"
        for one in left
        if one.request and one.state == ANSWERED
    ]
    rows = " UNION ALL ".join(parts)
    return work.table(
        "asked", f'SELECT row_number() OVER (ORDER BY partner, request_id, "row") AS asked, * FROM ({rows})'
    )
