"""The files that an institution leaves: opened, judged, and refused one by one. Not here: what is added to them."""

import hashlib
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from credential_pipeline.clearinghouse.return_files.partners import OWN_PDP, Given, campus
from credential_pipeline.engines.exchange.pdp.columns import COHORT, COURSE, Header
from credential_pipeline.engines.exchange.pdp.judge import PdpError, faults, refuse
from credential_pipeline.engines.exchange.pdp.read import INSTITUTION, PdpFile, read_pdp
from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import shown_delivery, shown_file
from credential_pipeline.foundation.registry.return_agreements import ReturnAgreement
from credential_pipeline.foundation.storage.relation import Relation, Scratch

_ID_DIGITS = 16
_ENDINGS = (".csv",)


@dataclass(frozen=True)
class Refused:
    """A file that was not read.

    Attributes:
        file: Its name; empty for all that the institution left.
        request_id: First 16 digits of its hash, or of the hash of nothing if it can't be read.
        code: Why.
        row: The first row that it is about; the header is row 1. None for the whole file.
    """

    file: str
    request_id: str
    code: str
    row: int | None = None


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

    @property
    def headers(self) -> Mapping[str, Header]:
        """Kind of file to the header of the one that was accepted."""
        return {one.header.file: one.header for one in (self.cohort, self.course) if one}


def read_own(work: Scratch, paths: Iterable[Path], agreement: ReturnAgreement, today: date) -> OwnFiles:
    """Open the files of an institution.

    Args:
        work: Makes the relations.
        paths: What it left, in the order of the names; a file is a whole, so that a later one takes the place of an earlier one.
        agreement: Of the institution.
        today: The day, for years that lie ahead.
    """
    kept: dict[str, PdpFile] = {}
    refused = []
    for path in paths:
        try:
            file = _judged(work, path, agreement, today)
        except SafeError as error:
            row = error.row if isinstance(error, PdpError) else None
            refused.append(Refused(path.name, _digest(path)[:_ID_DIGITS], error.code, row))
        else:
            kept[file.header.file] = file
    return OwnFiles(kept.get(COHORT), kept.get(COURSE), tuple(refused))


def own_files(work: Scratch, given: Given, agreement: ReturnAgreement) -> OwnFiles:
    """Open what an institution left; a folder that is a link or none, or cannot be listed, is refused as a whole.

    Args:
        work: Makes the relations.
        given: Partners' folders.
        agreement: Of the institution.
    """
    try:
        return read_own(work, left_by(given, agreement), agreement, given.today)
    except OSError:
        return OwnFiles(None, None, (whole_folder((), "E_PDP_UNREADABLE"),))


def left_by(given: Given, agreement: ReturnAgreement) -> tuple[Path, ...]:
    """What an institution left in its folder.

    Raises:
        OSError: As :meth:`Given.files`.
    """
    return tuple(given.files(agreement, OWN_PDP))


def whatever_is_left(given: Given, agreement: ReturnAgreement) -> tuple[Path, ...]:
    """The same; nothing where the folder is a link or none, or cannot be listed, which is said of the folder itself."""
    try:
        return left_by(given, agreement)
    except OSError:
        return ()


def whole_folder(paths: Iterable[Path], code: str) -> Refused:
    """Everything that an institution left, where its files could not be made.

    Args:
        paths: What it left.
        code: Why.
    """
    digest = hashlib.sha256("".join(map(_digest, paths)).encode()).hexdigest()
    return Refused("", digest[:_ID_DIGITS], code)


def as_requests(work: Scratch, agreement: ReturnAgreement, refused: Sequence[Refused]) -> Relation:
    """The refused files as rows of ``requests``, so that the partner reads why and the gate warns.

    A file is named below its folder, since a request may have the same name; by an id where its name could be a person's.
    """
    rows = [
        {
            "partner": agreement.partner,
            "file": name,
            "request_id": one.request_id,
            "school_code": agreement.school_code,
            "state": "refused",
            "reason_code": one.code,
            "line": one.row,
        }
        for name, one in zip(_named(agreement, refused), refused, strict=True)
    ]
    shape = SNAPSHOT.table("requests").schema
    return work.rows("refused_files", shape, [[row.get(column) for column in shape] for row in rows])


def _named(agreement: ReturnAgreement, refused: Sequence[Refused]) -> list[str]:
    """What each file is called; files of one content that have the same id are numbered."""
    seen: Counter[str] = Counter()
    names = []
    for one in refused:
        name = f"{OWN_PDP}/{shown_delivery(agreement.partner, one.file, one.request_id)}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _is_regular(path: Path) -> bool:
    """Whether it is a file of its own: a pipe would keep the reader waiting, and a link could lead to another partner's."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _digest(path: Path) -> str:
    """The hash of what a file holds; of nothing if it can't be read."""
    try:
        content = path.read_bytes() if _is_regular(path) else b""
    except OSError:
        content = b""
    return hashlib.sha256(content).hexdigest()


def _judged(work: Scratch, path: Path, agreement: ReturnAgreement, today: date) -> PdpFile:
    if not _is_regular(path) or path.suffix.lower() not in _ENDINGS:
        message = f"{shown_file(path)} is no file of its own that ends in .csv; leave the CSV file itself"
        raise SafeError("E_PDP_UNREADABLE", message)
    file = read_pdp(work, path)
    refuse(faults(work, file.header.file, file.rows, today=today), file.shown)
    ((school,),) = work.con.execute(f"SELECT DISTINCT {INSTITUTION} FROM {file.rows}").fetchall()
    short = school.lstrip("0") == agreement.school_code.lstrip("0")
    if not short and not school.startswith(campus(agreement)):
        raise SafeError("E_PDP_OTHER_INSTITUTION", f"{file.shown} is about another institution than the agreement")
    return file
