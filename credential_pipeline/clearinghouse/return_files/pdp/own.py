"""The files that an institution leaves: opened, judged, and refused one by one. Not here: what is added to them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.engines.exchange.pdp.columns import COHORT, COURSE
from credential_pipeline.engines.exchange.pdp.judge import faults, refuse
from credential_pipeline.engines.exchange.pdp.read import INSTITUTION, PdpFile, read_pdp
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_ID_DIGITS = 16
_ENDINGS = (".csv",)


@dataclass(frozen=True)
class Refused:
    """A file that was not read.

    Attributes:
        file: Its name.
        request_id: First 16 digits of its hash.
        code: Why.
        message: The sentence; it holds no value of the file.
    """

    file: str
    request_id: str
    code: str
    message: str


@dataclass(frozen=True)
class OwnFiles:
    """What an institution left: of each kind the last file by name that has no fault.

    Attributes:
        cohort: The cohort file.
        course: The course file.
        refused: Those that were not read.
    """

    cohort: PdpFile | None
    course: PdpFile | None
    refused: tuple[Refused, ...]


def read_own(work: Scratch, paths: Iterable[Path], agreement: ReturnAgreement) -> OwnFiles:
    """Open the files of an institution.

    Args:
        work: Makes the relations.
        paths: CSV files, in the order of their names; a file is a whole, so that a later one takes the place of an earlier one.
        agreement: Of the institution.
    """
    kept: dict[str, PdpFile] = {}
    refused = []
    for path in paths:
        if path.suffix.lower() not in _ENDINGS:
            continue
        try:
            file = _judged(work, path, agreement)
        except SafeError as error:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:_ID_DIGITS]
            refused.append(Refused(path.name, digest, error.code, error.message))
        else:
            kept[file.header.file] = file
    return OwnFiles(kept.get(COHORT), kept.get(COURSE), tuple(refused))


def as_requests(work: Scratch, agreement: ReturnAgreement, refused: Sequence[Refused]) -> Relation:
    """The refused files as rows of ``requests``, so that the partner reads why and the gate warns."""
    named = [
        {
            "partner": agreement.partner,
            "file": one.file,
            "request_id": one.request_id,
            "school_code": agreement.school_code,
            "state": "refused",
            "reason_code": one.code,
        }
        for one in refused
    ]
    shape = SNAPSHOT.table("requests").schema
    return work.rows("refused_files", shape, [[row.get(column) for column in shape] for row in named])


def _judged(work: Scratch, path: Path, agreement: ReturnAgreement) -> PdpFile:
    file = read_pdp(work, path)
    refuse(faults(work, file.header.file, file.rows), file.shown)
    ((school,),) = work.con.execute(f"SELECT DISTINCT {INSTITUTION} FROM {file.rows}").fetchall()
    short = school.lstrip("0") == agreement.school_code.lstrip("0")
    if not short and school[:6] != agreement.school_code:
        raise SafeError("E_PDP_OTHER_INSTITUTION", f"{file.shown} is about another institution than the agreement")
    return file
