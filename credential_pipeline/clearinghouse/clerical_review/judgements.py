"""What single reviewers said: the CSV that the page offers, read strictly, and the copy that is kept beside the batch.

A message names the file and the line, never what stands there: it may be a person. Not here: what the judgements of
several reviewers come to (settle.py).
"""

import csv
import datetime
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from credential_pipeline.clearinghouse.clerical_review.batches import Batch
from credential_pipeline.clearinghouse.clerical_review.decisions import WORDS
from credential_pipeline.clearinghouse.clerical_review.reasons import REASONS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.storage.durable import write_atomically

JUDGEMENTS_FILE = "judgements.csv"
COLUMNS = ("batch", "pair_id", "decision", "reason", "reviewer", "seconds", "shown_at", "decided_at")
UNTIMED = COLUMNS[:6]
"""Columns of a batch whose times are not looked at."""
REVIEWER = re.compile(r"\A[A-Za-z0-9_-]{1,20}\Z")
_SECONDS = re.compile(r"\A\d{1,6}(\.\d{1,3})?\Z")


@dataclass(frozen=True)
class Judgement:
    """One reviewer's answer to one pair.

    Attributes:
        batch: Name of the batch.
        pair_id: The pair.
        decision: ``match``, ``no_match`` or ``unsure``.
        reason: Code of the reason; may be empty.
        reviewer: The reviewer's code.
        seconds: How long the pair was looked at before it was decided.
        shown_at: When it was first shown; None where times are not looked at.
        decided_at: When it was decided last.
    """

    batch: str
    pair_id: str
    decision: str
    reason: str
    reviewer: str
    seconds: float
    shown_at: datetime.datetime | None = None
    decided_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Given:
    """The judgements of one file, with the line of each for messages."""

    file: str
    batch: Batch
    reviewer: str
    judgements: Mapping[str, Judgement]
    lines: Mapping[str, int]


def read_files(paths: Iterable[Path], batches: Mapping[str, Batch]) -> list[Given]:
    """Read the decision files of one import.

    Args:
        paths: The files.
        batches: The industry's batches by name.

    Raises:
        SafeError: ``E_REVIEW_FILE`` or ``E_REVIEW_LINE``: a file is not what the page gives;
            ``E_REVIEW_TWICE``: two files are by one reviewer on one batch.
    """
    given = [_read(path, batches) for path in paths]
    seen: dict[tuple[str, str], str] = {}
    for entry in given:
        key = entry.batch.name, entry.reviewer
        if key in seen:
            message = (
                f"{entry.file} and {seen[key]} are by the same reviewer on batch {entry.batch.name}: "
                "give each reviewer's file once."
            )
            raise SafeError("E_REVIEW_TWICE", message)
        seen[key] = entry.file
    return given


def _read(path: Path, batches: Mapping[str, Batch]) -> Given:
    file = path.name
    try:
        # utf-8-sig: a spreadsheet that has stored the file puts a mark in front of it.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        message = (
            f"{file} is missing or not a UTF-8 text file: give the file that the review page offered for download."
        )
        raise SafeError("E_REVIEW_FILE", message) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise _wrong(file, reader.line_num, "is not CSV", "download the file again from the review page") from None
    if not rows or tuple(rows[0][1]) not in {COLUMNS, UNTIMED}:
        raise _wrong(file, 1, f"does not hold the columns {','.join(COLUMNS)}", "download the file again")
    if len(rows) == 1:
        raise SafeError("E_REVIEW_FILE", f"{file} holds no decision: review the batch and download the file again.")
    judgements: dict[str, Judgement] = {}
    lines: dict[str, int] = {}
    for line, row in rows[1:]:
        judgement = _judge(file, line, row, batches)
        first = next(iter(judgements.values()), judgement)
        if judgement.batch != first.batch:
            raise _wrong(file, line, "belongs to another batch than line 2", "give one file for each batch")
        if judgement.reviewer != first.reviewer:
            raise _wrong(file, line, "is by another reviewer than line 2", "give one file for each reviewer")
        if judgement.pair_id in lines:
            what = f"decides the same pair as line {lines[judgement.pair_id]}"
            raise _wrong(file, line, what, "keep one of the two lines")
        judgements[judgement.pair_id], lines[judgement.pair_id] = judgement, line
    first = next(iter(judgements.values()))
    return Given(file, batches[first.batch], first.reviewer, judgements, lines)


def columns_of(batch: Batch) -> tuple[str, ...]:
    """The columns of a batch's decisions: with times, but for a batch of an earlier version."""
    return COLUMNS if batch.reading_seconds else UNTIMED


def _judge(file: str, line: int, row: list[str], batches: Mapping[str, Batch]) -> Judgement:
    name = row[0] if row else ""
    if len(row) in {len(UNTIMED), len(COLUMNS)} and name not in batches:
        known = ", ".join(sorted(batches)) or "none"
        raise _wrong(file, line, "names a batch that does not exist", f"the batches of this industry are: {known}")
    columns = columns_of(batches[name]) if name in batches else UNTIMED
    if len(row) != len(columns):
        raise _wrong(file, line, f"has {len(row)} values instead of {len(columns)}", "download the file again")
    batch, pair_id, decision, reason, reviewer, seconds, *moments = row
    if pair_id not in batches[batch].ids:
        what = f"names a pair that is not in batch {batch}"
        raise _wrong(file, line, what, "download the file again from that batch's page")
    if decision not in WORDS:
        raise _wrong(file, line, "has no decision of the review", f"write one of {', '.join(WORDS)}")
    if reason and reason not in REASONS:
        raise _wrong(file, line, "has an unknown reason", f"leave it empty or write one of {', '.join(REASONS)}")
    if not REVIEWER.match(reviewer):
        raise _wrong(file, line, "has no valid reviewer's code", "use 1 to 20 letters, digits, hyphens or underscores")
    if not _SECONDS.match(seconds):
        raise _wrong(file, line, "has no number of seconds", "give the file as the page made it")
    try:
        shown_at, decided_at = map(_moment, moments) if moments else (None, None)
    except ValueError:
        raise _wrong(file, line, "has no time of showing and deciding", "give the file as the page made it") from None
    return Judgement(batch, pair_id, decision, reason, reviewer, float(seconds), shown_at, decided_at)


def _moment(text: str) -> datetime.datetime:
    """Read a moment as a browser writes it.

    Raises:
        ValueError: It is none.
    """
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def _row(entry: Judgement, columns: tuple[str, ...]) -> list[str]:
    moments = [
        at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        for at in (entry.shown_at, entry.decided_at)
        if at is not None
    ]
    seconds = f"{entry.seconds:.3f}" if moments else f"{entry.seconds:g}"
    row = [entry.batch, entry.pair_id, entry.decision, entry.reason, entry.reviewer, seconds, *moments]
    return row[: len(columns)]


def _wrong(file: str, line: int, what: str, remedy: str) -> SafeError:
    return SafeError("E_REVIEW_LINE", f"{file} line {line} {what}: {remedy}. Nothing was imported.")


def load(folder: Path, batch: Batch) -> dict[str, dict[str, Judgement]]:
    """What was imported for a batch before: reviewer -> pair -> judgement.

    Raises:
        SafeError: ``E_JUDGEMENTS``: the copy was altered by hand.
    """
    path = folder / batch.name / JUDGEMENTS_FILE
    found: dict[str, dict[str, Judgement]] = {}
    if not path.exists():
        return found
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), strict=True))
        made = [
            _judge(JUDGEMENTS_FILE, number, row, {batch.name: batch}) for number, row in enumerate(rows[1:], start=2)
        ]
    except (OSError, UnicodeDecodeError, csv.Error, SafeError):
        message = f"{path} was altered: put back the copy from the backup, or remove it and import the reviewers' files again."
        raise SafeError("E_JUDGEMENTS", message) from None
    for judgement in made:
        found.setdefault(judgement.reviewer, {})[judgement.pair_id] = judgement
    return found


def save(folder: Path, batch: Batch, answers: Mapping[str, Mapping[str, Judgement]]) -> None:
    """Keep a batch's judgements, ordered by reviewer and pair; writes nothing where nothing changed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    columns = columns_of(batch)
    writer.writerow(columns)
    for reviewer in sorted(answers):
        for pair_id in sorted(answers[reviewer]):
            writer.writerow(_row(answers[reviewer][pair_id], columns))
    path = folder / batch.name / JUDGEMENTS_FILE
    content = out.getvalue().encode()
    if not path.exists() or path.read_bytes() != content:
        write_atomically(path, content)
