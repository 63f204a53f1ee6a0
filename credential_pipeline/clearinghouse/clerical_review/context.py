"""What else is known of a pair, beside the two records.

How common the name is, who else is a candidate, who else lives at the address, and where and when each side was trained.

It is looked up by the ids of the pair and by the values that the page shows, for every pair alike; nothing of it depends
on whether the pair is linked. Not here: the records themselves (sides.py).
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from credential_pipeline.foundation.storage.engine import Connection
from credential_pipeline.foundation.storage.relation import Relation, scratch
from credential_pipeline.foundation.storage.sql import statement

Record = Mapping[str, str | None]
"""A side's values, by column."""
Lines = tuple[str, ...]
_Found = dict[tuple[str, str], list[str]]
"""(Pair, side) -> lines."""

MAX_LINES = 4
"""Lines of one kind that are shown for a side at most."""
_HOUSEHOLD = 50
"""Students at one address up to which they are a household, and not a dormitory or a placeholder."""
_EXACTLY = 10
"""Bearers of a name up to which their number is given as it is."""


@dataclass(frozen=True)
class Note:
    """One kind of context, in lines for either side."""

    label: str
    left: Lines
    right: Lines


@dataclass(frozen=True)
class Shown:
    """A pair whose context is asked for: its ids of today, and both records as the page shows them."""

    pair_id: str
    hop: str
    left_id: str
    right_id: str
    left: Record
    right: Record


def read_notes(con: Connection, shown: Sequence[Shown]) -> dict[str, tuple[Note, ...]]:
    """The context of each pair, by its id; what neither side has is left out.

    Args:
        con: Connection with cleaned_learners.{profiles, credentials}, education_registry.{persons, enrollments} and
            linked_records.{pairs, profile_links}.
        shown: The pairs.
    """
    with scratch(con) as work:
        ends = work.rows(
            "ends",
            dict.fromkeys(
                ("pair_id", "hop", "side", "own_id", "other_id", "first_name", "last_name", "street", "zip"), "VARCHAR"
            ),
            [row for pair in shown for row in _rows(pair)],
        )
        kinds = (
            ("Full name in the registry", _names(con, ends), False),
            ("Likeliest other candidate", _runners_up(con, ends), False),
            ("Others in the registry at this address", _households(con, ends), False),
            # Where only one side has it, it says nothing.
            ("Trained or enrolled", _trainings(con, ends), True),
        )
    notes = {}
    for pair in shown:
        made = []
        for label, found, both in kinds:
            left, right = (_cut(found.get((pair.pair_id, side), [])) for side in ("left", "right"))
            if (left and right) if both else (left or right):
                made.append(Note(label, left, right))
        notes[pair.pair_id] = tuple(made)
    return notes


def _rows(pair: Shown) -> list[list[str | None]]:
    sides = (("left", pair.left_id, pair.right_id, pair.left), ("right", pair.right_id, pair.left_id, pair.right))
    return [
        [
            pair.pair_id,
            pair.hop,
            side,
            own,
            other,
            *(record[name] for name in ("first_name", "last_name", "street", "zip")),
        ]
        for side, own, other, record in sides
    ]


def _cut(lines: Sequence[str]) -> Lines:
    if len(lines) <= MAX_LINES:
        return tuple(lines)
    return (*lines[: MAX_LINES - 1], f"and {len(lines) - MAX_LINES + 1} more")


def bearers(number: int) -> str:
    """How many people bear a name, in words."""
    if number == 0:
        return "nobody in the registry bears this full name"
    if number == 1:
        return "1 person in the registry bears this full name"
    if number < _EXACTLY:
        return f"{number} people in the registry bear this full name"
    return f"{_about(number)} people in the registry bear this full name"


def _about(number: int) -> str:
    size = 10 ** (len(str(number)) - 1)
    return f"about {round(number / size) * size:,}"


def _names(con: Connection, ends: Relation) -> _Found:
    rows = con.execute(
        f"""
        SELECT e.pair_id, e.side, count(p.student_id)
        FROM {ends} e
        LEFT JOIN education_registry.persons p ON p.first_name = e.first_name AND p.last_name = e.last_name
        WHERE e.first_name IS NOT NULL AND e.last_name IS NOT NULL
        GROUP BY ALL
        """
    ).fetchall()
    return {(pair_id, side): [bearers(number)] for pair_id, side, number in rows}


def _runners_up(con: Connection, ends: Relation) -> _Found:
    rows = con.execute(statement(__package__, "runners_up.sql", ends=ends)).fetchall()
    return _lines(
        (pair_id, side, " · ".join(_text(value) for value in known if value)) for pair_id, side, *known in rows
    )


def _households(con: Connection, ends: Relation) -> _Found:
    query = statement(__package__, "households.sql", ends=ends)
    rows = con.execute(query, {"most": _HOUSEHOLD}).fetchall()
    return _lines(
        (pair_id, side, _resident(name, year) if student else f"{_about(students)} students")
        for pair_id, side, students, name, year, student in rows
    )


def _resident(name: str, year: int | None) -> str:
    return f"{name}, born {year}" if year else name


def _trainings(con: Connection, ends: Relation) -> _Found:
    rows = con.execute(statement(__package__, "trainings.sql", ends=ends)).fetchall()
    return _lines(
        (pair_id, side, f"{place or 'no place given'}{f' ({opeid})' if opeid else ''}, {kind} {_span(first, last)}")
        for pair_id, side, place, opeid, kind, first, last in rows
    )


def _span(first: datetime.date | None, last: datetime.date | None) -> str:
    if first is None or last is None:
        return "on an unknown day"
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _lines(rows: Iterable[tuple[str, str, str]]) -> _Found:
    found: _Found = {}
    for pair_id, side, line in rows:
        found.setdefault((pair_id, side), []).append(line)
    return found
