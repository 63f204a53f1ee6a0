"""What a reviewer sees of a pair: both records field by field, with what differs marked. No score, no status, no learner id.

Not here: how it is laid out (page.py) and which pairs are shown (sampling.py).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType

from credential_pipeline.clearinghouse.clerical_review.context import Note, Shown, read_notes
from credential_pipeline.clearinghouse.clerical_review.decisions import Anchor
from credential_pipeline.foundation.storage.engine import Connection

FIELDS = (
    ("first_name", "First name"),
    ("middle_name", "Middle name"),
    ("last_name", "Last name"),
    ("name_suffix", "Suffix"),
    ("previous_last_name", "Previous last name"),
    ("birth_date", "Date of birth"),
    ("sex", "Sex"),
    ("ssn_last4", "Last four digits"),
    ("email", "E-mail"),
    ("phone", "Telephone"),
    ("street", "Street"),
    ("city", "City"),
    ("state", "State"),
    ("zip", "ZIP"),
    ("person_ref", "Sender's person id"),
)
REGISTRY = "Education registry"
MAX_FORMS = 5
"""Other forms of a person that are shown at most."""

_SHOWN_OF_FORMS = (
    "first_name",
    "middle_name",
    "last_name",
    "name_suffix",
    "birth_date",
    "street",
    "zip",
    "ssn_last4",
    "email",
)
_VALUES = ", ".join(name for name, _ in FIELDS)

Changes = tuple[str, Mapping[str, str]]
"""A side of a pair, and column -> value that is shown there."""
NO_CHANGES: Mapping[str, Changes] = MappingProxyType({})
Piece = tuple[str, bool]
"""A run of characters, and whether it differs."""


@dataclass(frozen=True)
class Line:
    """One field of both records; ``state`` is same, differ, left_only or right_only."""

    label: str
    state: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]


@dataclass(frozen=True)
class Sides:
    """A pair as it is shown."""

    pair_id: str
    left_from: str
    right_from: str
    lines: tuple[Line, ...]
    left_forms: tuple[str, ...] = ()
    right_forms: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Ends:
    """A pair by its ids of today."""

    pair_id: str
    hop: str
    left_id: str
    right_id: str


def differences(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Cut two values into runs of characters that both have and runs that only one has."""
    one: list[Piece] = []
    two: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if a < b:
            one.append((left[a:b], kind != "equal"))
        if c < d:
            two.append((right[c:d], kind != "equal"))
    return tuple(one), tuple(two)


def compare(label: str, left: str | None, right: str | None) -> Line | None:
    """A field of both records; None if neither has a value."""
    if left is None and right is None:
        return None
    if left is None or right is None:
        value = ((left or right or "", False),)
        return Line(
            label,
            "right_only" if left is None else "left_only",
            () if left is None else value,
            value if left is None else (),
        )
    if left == right:
        return Line(label, "same", ((left, False),), ((right, False),))
    one, two = differences(left, right)
    return Line(label, "differ", one, two)


def anchors_of(con: Connection, ends: Sequence[Ends]) -> list[Anchor]:
    """Tie pairs to feed rows and students: of each profile the first row by certifier and id.

    Args:
        con: Connection with cleaned_learners.credentials.
        ends: The pairs.
    """
    profiles = sorted({pair.left_id for pair in ends} | {pair.right_id for pair in ends if pair.hop == "learner"})
    # A profile belongs to one certifier.
    rows = con.execute(
        "SELECT profile_id, min(certifier), min(record_id) FROM cleaned_learners.credentials "
        "SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS profile_id) USING (profile_id) GROUP BY ALL",
        [profiles],
    ).fetchall()
    first = {profile: (certifier, record_id) for profile, certifier, record_id in rows}
    made = []
    for pair in ends:
        certifier, record_id = first[pair.left_id]
        if pair.hop == "learner":
            other, other_id = first[pair.right_id]
            made.append(Anchor(pair.hop, certifier, record_id, other, other_id))
        else:
            made.append(Anchor(pair.hop, certifier, record_id, student_id=pair.right_id))
    return made


def read_sides(
    con: Connection, ends: Sequence[Ends], certifiers: Mapping[str, str], changes: Mapping[str, Changes] = NO_CHANGES
) -> list[Sides]:
    """Everything that is shown of the pairs, in their order.

    Args:
        con: Connection with the current tables of cleaned_learners, education_registry and linked_records.
        ends: The pairs.
        certifiers: Certifier -> its full name.
        changes: Pair -> what is shown otherwise than the tables have it.
    """
    shown = _records(con, ends, changes)
    forms, notes = _forms(con, ends), read_notes(con, shown)
    return [
        Sides(
            pair_id=pair.pair_id,
            left_from=_sender(pair.left, certifiers),
            right_from=REGISTRY if pair.hop == "student" else _sender(pair.right, certifiers),
            lines=_compared(pair),
            left_forms=forms.get((pair.pair_id, "left"), ()),
            right_forms=forms.get((pair.pair_id, "right"), ()),
            notes=notes[pair.pair_id],
        )
        for pair in shown
    ]


def _records(con: Connection, ends: Sequence[Ends], changes: Mapping[str, Changes]) -> list[Shown]:
    """Both records of each pair, as they are shown."""
    wanted = {pair.left_id for pair in ends} | {pair.right_id for pair in ends if pair.hop == "learner"}
    profiles = _read(con, "cleaned_learners.profiles", "profile_id", f"certifier, {_VALUES}", wanted)
    students = _read(
        con,
        "education_registry.persons",
        "student_id",
        ", ".join(name if name not in {"phone", "person_ref"} else f"NULL AS {name}" for name, _ in FIELDS),
        {pair.right_id for pair in ends if pair.hop == "student"},
    )
    made = []
    for pair in ends:
        left = profiles[pair.left_id]
        right = students[pair.right_id] if pair.hop == "student" else profiles[pair.right_id]
        side, values = changes.get(pair.pair_id, ("", {}))
        if side == "left":
            left = {**left, **values}
        elif side == "right":
            right = {**right, **values}
        made.append(Shown(pair.pair_id, pair.hop, pair.left_id, pair.right_id, left, right))
    return made


def _compared(pair: Shown) -> tuple[Line, ...]:
    one_sender = pair.hop == "learner" and pair.left["certifier"] == pair.right["certifier"]
    lines = [
        compare(label, pair.left[name], pair.right[name])
        for name, label in FIELDS
        # A sender's own person id says something only beside another one of the same sender.
        if name != "person_ref" or one_sender
    ]
    return tuple(line for line in lines if line is not None)


def _sender(record: Mapping[str, str | None], certifiers: Mapping[str, str]) -> str:
    name = record["certifier"] or ""
    full = certifiers.get(name, "")
    return f"{full} ({name})" if full else name


def _read(con: Connection, table: str, key: str, columns: str, wanted: set[str]) -> dict[str, dict[str, str | None]]:
    rows = con.execute(
        f"SELECT {key}, {columns} FROM {table} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS {key}) USING ({key})",
        [sorted(wanted)],
    )
    names = [column[0] for column in rows.description or []]
    return {row[0]: dict(zip(names, map(_text, row), strict=True)) for row in rows.fetchall()}


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _forms(con: Connection, ends: Sequence[Ends]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Other forms of the same person, as one line each.

    Beside a student these are the other profiles of the learner. Of two profiles they are only those to which their sender gave
    the same person id: the learner's others would show whether the two are linked already.
    """
    values = ", ".join(f"p.{name}" for name in _SHOWN_OF_FORMS)
    rows = con.execute(
        f"""
        WITH ends AS (
            SELECT unnest(?::VARCHAR[]) AS pair_id, unnest(?::VARCHAR[]) AS side, unnest(?::VARCHAR[]) AS profile_id,
                   unnest(?::VARCHAR[]) AS other, unnest(?::BOOLEAN[]) AS of_learner),
        found AS (
            SELECT e.pair_id, e.side, b.profile_id
            FROM ends e JOIN linked_records.profile_links a ON a.profile_id = e.profile_id
            JOIN linked_records.profile_links b ON b.learner_id = a.learner_id
            WHERE e.of_learner AND b.profile_id <> e.profile_id
            UNION
            SELECT e.pair_id, e.side, b.profile_id
            FROM ends e JOIN cleaned_learners.profiles a ON a.profile_id = e.profile_id
            JOIN cleaned_learners.profiles b ON b.certifier = a.certifier AND b.person_ref = a.person_ref
            WHERE NOT e.of_learner AND b.profile_id NOT IN (e.profile_id, e.other))
        SELECT DISTINCT f.pair_id, f.side, {values}
        FROM found f JOIN cleaned_learners.profiles p USING (profile_id)
        ORDER BY ALL
        """,
        [
            [pair.pair_id for pair in ends for _ in range(2)],
            ["left", "right"] * len(ends),
            [side for pair in ends for side in (pair.left_id, pair.right_id)],
            [side for pair in ends for side in (pair.right_id, pair.left_id)],
            [pair.hop == "student" for pair in ends for _ in range(2)],
        ],
    ).fetchall()
    found: dict[tuple[str, str], list[str]] = {}
    for pair_id, side, *known in rows:
        line = " · ".join(text for text in map(_text, known) if text)
        found.setdefault((pair_id, side), []).append(line)
    return {key: tuple(lines[:MAX_FORMS]) for key, lines in found.items()}
