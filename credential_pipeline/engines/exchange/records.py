"""Kinds of files that the clearinghouse's services exchange, told by the first field of their first record.

Whoever puts one file in the place of another is told what it is. Not here: what the files hold.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

REQUEST, HIGH_SCHOOL = "H1", "PH3"
SUBMITTED_COHORT, SUBMITTED_COURSE, SUBMITTED_AID = "DCE01", "DCE02", "DCE03"
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        REQUEST: "a StudentTracker request",
        HIGH_SCHOOL: "a StudentTracker file of high-school graduates",
        SUBMITTED_COHORT: "a cohort file as it is submitted to the PDP",
        SUBMITTED_COURSE: "a course file as it is submitted to the PDP",
        SUBMITTED_AID: "a financial aid file as it is submitted to the PDP",
    }
)
"""First field of a file to what the file is."""
_FIRST: Final = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*"?(\w{2,5})"?\s*[,\t|]')
_ENOUGH: Final = 64


def record_kind(path: Path) -> str:
    """The key of :data:`KINDS` with which a file begins; empty for none.

    Raises:
        OSError: The file cannot be opened.
    """
    with path.open("rb") as file:
        found = _FIRST.match(file.read(_ENOUGH))
    kind = found[1].decode("ascii", "replace").upper() if found else ""
    return kind if kind in KINDS else ""
