"""The requests that partners left: read, refused, or the same as an earlier one. Not here: who is meant (find.py)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.return_files.partners import REQUESTS, Given
from credential_pipeline.engines.exchange.student_tracker.request import (
    Request,
    RequestError,
    read_request,
    request_id,
)
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

ENDINGS: Final = (".txt", ".tsv", ".csv")
"""Endings of what is taken for a request; what is none is refused and not passed over."""
ANSWERED, REPEATED, REFUSED = "answered", "repeated", "refused"
TOLD: Final = ("enrollments", "degrees", "credentials")
"""What a report tells, under which an agreement allows requests at all."""
_MAIN: Final = "00"


@dataclass(frozen=True)
class Left:
    """A file that a partner left.

    Attributes:
        partner: The partner.
        file: Its name.
        id: First digits of the hash of its content.
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
    return tuple(left for agreement in given.industry.returns for left in _of_partner(work, given, agreement))


def _of_partner(work: Scratch, given: Given, agreement: ReturnAgreement) -> Iterator[Left]:
    seen: set[str] = set()
    for path in given.files(agreement, REQUESTS, ENDINGS):
        content = path.read_bytes()
        whole = hashlib.sha256(content).hexdigest()
        left = Left(agreement.partner, path.name, request_id(content), repeated=whole in seen)
        seen.add(whole)
        try:
            _refuse_outside(given, agreement)
            request = _read(work, path, agreement)
        except RequestError as refusal:
            yield Left(left.partner, left.file, left.id, refusal=refusal, repeated=left.repeated)
        else:
            yield Left(left.partner, left.file, left.id, request, repeated=left.repeated)


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
