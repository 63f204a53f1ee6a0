"""The store of settled decisions: one CSV per industry, which every later run of the linkage reads.

A decision names feed rows and students, never learners or profiles, so that it survives cleaning and clustering anew.
Not here: who said what before it was settled (judgements.py) and what a decision does (``linked_records``).
"""

import csv
import dataclasses
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.foundation.storage.private_files import private_folder

FOLDER = "review"
DECISIONS_FILE = "decisions.csv"
HOPS = ("learner", "student")
MATCH, NO_MATCH, UNSURE = "match", "no_match", "unsure"
WORDS = (MATCH, NO_MATCH, UNSURE)


@dataclass(frozen=True)
class Anchor:
    """What a pair is tied to: a feed row on the left, a feed row or a student on the right.

    Attributes:
        hop: ``learner`` (two feed rows) or ``student`` (a feed row and a student).
        left_certifier: Sender of the left row.
        left_record_id: Sender's id of the left row.
        right_certifier: Sender of the right row; empty for a student.
        right_record_id: Sender's id of the right row; empty for a student.
        student_id: The student; empty for two rows.
    """

    hop: str
    left_certifier: str
    left_record_id: str
    right_certifier: str = ""
    right_record_id: str = ""
    student_id: str = ""


@dataclass(frozen=True)
class Decision(Anchor):
    """A settled decision on a pair.

    Attributes:
        pair_id: Id of the pair when it was reviewed.
        batch: Batch in which it was drawn.
        decision: ``match``, ``no_match`` or ``unsure`` (which has no effect, but is not asked again).
        reason: Code of the reason; may be empty.
        reviewers: Codes of those who decided, joined by ``+``; the adjudicator comes last.
    """

    pair_id: str = ""
    batch: str = ""
    decision: str = ""
    reason: str = ""
    reviewers: str = ""


COLUMNS = (
    "batch",
    "pair_id",
    "hop",
    "decision",
    "reason",
    "reviewers",
    "left_certifier",
    "left_record_id",
    "right_certifier",
    "right_record_id",
    "student_id",
)


def review_folder(home: Path, industry: str) -> Path:
    """Folder of an industry's reviews below the clearinghouse's home; it need not exist.

    Raises:
        SafeError: ``E_NAME``: the industry's name is not safe in a path.
    """
    if not NAME.match(industry):
        raise SafeError("E_NAME", "An industry's name has lower-case letters, digits and underscores only.")
    return home / FOLDER / industry


def make_review_folder(home: Path, industry: str) -> Path:
    """Make the folder of an industry's reviews, closed to everybody but its owner."""
    private_folder(home / FOLDER)
    return private_folder(review_folder(home, industry))


def load(folder: Path) -> list[Decision]:
    """Read the settled decisions in the order in which they were made; none if there is no file.

    Raises:
        SafeError: ``E_DECISIONS``: the file was altered by hand and no longer holds its columns or words.
    """
    try:
        text = (folder / DECISIONS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise SafeError(
            "E_DECISIONS", f"{folder / DECISIONS_FILE} can't be read: put back the last good copy."
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error:
        raise _damaged(folder, reader.line_num) from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise _damaged(folder, 1)
    made = []
    for number, row in enumerate(rows[1:], start=2):
        values = dict(zip(COLUMNS, row, strict=False))
        if len(row) != len(COLUMNS) or values["hop"] not in HOPS or values["decision"] not in WORDS:
            raise _damaged(folder, number)
        made.append(Decision(**values))
    return made


def _damaged(folder: Path, line: int) -> SafeError:
    message = (
        f"{folder / DECISIONS_FILE} line {line} is not a decision of this system (columns {', '.join(COLUMNS)}; "
        f"decisions {', '.join(WORDS)}): correct or remove the line, or put back the last good copy."
    )
    return SafeError("E_DECISIONS", message)


def to_csv(decisions: Iterable[Decision]) -> bytes:
    """Serialise decisions in their order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for decision in decisions:
        values = dataclasses.asdict(decision)
        writer.writerow([values[column] for column in COLUMNS])
    return out.getvalue().encode()


def append(folder: Path, more: Iterable[Decision]) -> int:
    """Add decisions to the store, as a whole or not at all; call it with the folder's lock held.

    A decision on a pair of a batch that is there already takes the place of the older one.

    Returns:
        How many were new or other than before.
    """
    kept = load(folder)
    seen = set(kept)
    new = [decision for decision in more if decision not in seen]
    replaced = {(decision.batch, decision.pair_id) for decision in new}
    if new:
        remaining = [decision for decision in kept if (decision.batch, decision.pair_id) not in replaced]
        write_atomically(folder / DECISIONS_FILE, to_csv([*remaining, *new]))
    return len(new)


def digest(folder: Path) -> str:
    """Hash of the settled decisions, for the inputs of the linkage; the same for no file and no decision."""
    try:
        content = (folder / DECISIONS_FILE).read_bytes()
    except OSError:
        content = to_csv([])
    return hashlib.sha256(content).hexdigest()[:16]
