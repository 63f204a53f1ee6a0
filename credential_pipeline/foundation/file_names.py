"""Which names of files may be shown: senders choose them, and some put a person's name there.

A name is plain if its letters spell nothing but words that stand here, the certifier's name, or single letters, and if it has no more
digits than a date. Anything else is told by an id: the certifier and the first hex digits of the content's hash. Who needs the name
finds it beside the id in ``export deliveries``, a confidential table whose readers are on record. A file of a drop has no such table: it is
told by its place in its folder.
"""

import hashlib
import re
import stat
from pathlib import Path
from typing import Final

_WORDS: Final = frozenset(
    {
        *("csv", "tsv", "txt", "xlsx", "gz", "parquet"),
        *(
            "award",
            "awards",
            "attempt",
            "attempts",
            "certifications",
            "cohort",
            "course",
            "courses",
            "credentials",
            "degree",
            "degrees",
            "employer",
            "employers",
            "enr",
            "enroll",
            "enrollment",
            "enrollments",
            "exam",
            "exams",
            "persons",
            "student",
            "students",
        ),
        *(
            "registry",
            "request",
            "results",
            "education",
            "population",
            "record",
            "records",
            "reference",
            "report",
            "reports",
            "wage",
            "wages",
            "annual",
            "monthly",
            "quarterly",
            "weekly",
            "corrected",
            "correction",
            "data",
        ),
        *("letter", "letters", "list", "opt", "out", "outs", "rescission", "rescissions"),
        *("delivery", "delta", "export", "extract", "feed", "file", "full", "other", "part", "update", "updated"),
        *(
            "again",
            "bad",
            "broken",
            "copy",
            "empty",
            "extra",
            "header",
            "late",
            "replay",
            "sample",
            "small",
            "test",
            "wrong",
        ),
    }
)
"""Words of the field that are nobody's name."""
_DIGITS: Final = 8
_HASH: Final = 12
NO_BYTES: Final = hashlib.sha256().hexdigest()
"""The hash of no bytes: of an empty file, or of one that was not read."""


def is_plain(name: str, sender: str = "") -> bool:
    """Whether a file name can hold nobody's name.

    Args:
        name: The file name.
        sender: The certifier, whose own name may be in it.
    """
    rest = name.lower().replace(sender.lower(), " ") if sender else name.lower()
    words = re.findall(r"[^\W\d_]+", rest)
    digits = sum(sign.isdigit() for sign in name)
    return name.isprintable() and digits <= _DIGITS and all(len(word) == 1 or word in _WORDS for word in words)


def delivery_id(certifier: str, sha256: str, number: int = 1) -> str:
    """What a delivery is called where its file name may not be shown.

    Args:
        certifier: Its sender.
        sha256: Hash of its bytes.
        number: Which one it is, by name, of the sender's files that are empty or were not read: they have one hash, that of no bytes.
    """
    if not sha256.startswith(NO_BYTES[:_HASH]):
        return f"{certifier}-{sha256[:_HASH]}"
    return f"{certifier}-unread" if number == 1 else f"{certifier}-unread-{number}"


def shown_delivery(certifier: str, name: str, sha256: str, number: int = 1) -> str:
    """The file name of a delivery if it is plain, else its id."""
    return name if is_plain(name, certifier) else f"[{delivery_id(certifier, sha256, number)}]"


def delivery_id_sql(deliveries: str) -> str:
    """SQL of :func:`delivery_id` in a query of all deliveries of an industry; ``deliveries`` is what the query calls their table."""
    certifier, sha256, number = f"{deliveries}.certifier", f"{deliveries}.sha256", number_sql(deliveries)
    unread = f"CASE {number} WHEN 1 THEN '-unread' ELSE '-unread-' || {number} END"
    return f"{certifier} || CASE WHEN {sha256} LIKE '{NO_BYTES[:_HASH]}%' THEN {unread} ELSE '-' || left({sha256}, {_HASH}) END"


def number_sql(deliveries: str) -> str:
    """SQL of the number that :func:`delivery_id` asks for, in such a query."""
    names = ("certifier", "sha256", "delivery")
    certifier, sha256, delivery = (f"{deliveries}.{name}" for name in names)
    return f"row_number() OVER (PARTITION BY {certifier}, {sha256} ORDER BY {delivery})"


def shown_file(path: Path) -> str:
    """The name of a file or folder if it is plain, else how to find it: its place among the names of its folder, and its size.

    Names are put in the order of their signs, capitals first, as ``LC_ALL=C ls`` does; hidden ones are not counted.
    """
    if is_plain(path.name):
        return path.name
    try:
        names = [entry.name for entry in path.parent.iterdir() if not entry.name.startswith(".")]
        found = path.lstat()
    except OSError:
        return "[a file whose name is not shown]"
    place = f"number {sum(name <= path.name for name in names)} of {len(names)} by name"
    size = f", {found.st_size:,} byte{'s' * (found.st_size != 1)}" if stat.S_ISREG(found.st_mode) else ""
    what = "folder" if stat.S_ISDIR(found.st_mode) else "file"
    return f"[a {what} whose name is not shown: {place}{size}]"
