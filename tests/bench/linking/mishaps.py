"""What offices do to rows beyond mistyping: values of the wrong person, words instead of names, nominal dates, parts missing.

None of these processes was looked at when the linkage was written, and the linkage never reads their rates. Belongs here: the
processes and how often each happens. Not here: mistakes in single values (noise.py), and a form's habits (reports.py).
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from tests.bench.linking.population import Person
from tests.bench.linking.world import Row

ROLES = (
    "Apprentice",
    "Attendee",
    "Cadet",
    "Candidate",
    "Employee",
    "Enrollee",
    "Journeyman",
    "Learner",
    "Member",
    "New Hire",
    "Participant",
    "Pupil",
    "Son",
    "Trainee",
    "Welder",
    "Worker",
)
"""Words that stand where a first name should; the linkage's own table knows few of them."""
SYSTEM_DATES = ("1970-01-01", "1980-01-01", "1985-06-15")
"""Dates that a system writes where none was given."""
_BLOCKS = (("street", "city", "state", "zip"), ("birth_date", "sex"), ("ssn_last4", "middle_name"))
_FRAGMENTS = (
    ("first_name", "middle_name", "birth_date", "ssn_last4"),
    ("middle_name", "street", "city", "state", "zip", "birth_date"),
    ("first_name", "middle_name", "ssn_last4", "street"),
)


@dataclass(frozen=True)
class Mishaps:
    """How often what happens to a row.

    Attributes:
        copied: A value of another person of the household: birth date, digits or first name.
        role: A word in place of the first name.
        guardian: The name of somebody a generation older in the household.
        nominal: The first of January or July of the year of birth.
        system: A date that the system writes where none was given.
        block: A whole block of fields is missing.
        fragment: Little more than a name is there, or an initial and a birth date.
        twice: The registry holds the student twice, the second row as another office wrote it.
    """

    copied: float = 0.0
    role: float = 0.0
    guardian: float = 0.0
    nominal: float = 0.0
    system: float = 0.0
    block: float = 0.0
    fragment: float = 0.0
    twice: float = 0.0

    def times(self, factor: float) -> "Mishaps":
        """The same, so many times as often; duplicates in the registry stay."""
        rates = {one.name: min(1.0, getattr(self, one.name) * factor) for one in fields(self)}
        return Mishaps(**rates | {"twice": self.twice})


def spoil(
    row: Row, person: Person, household: Sequence[Person], mishaps: Mishaps, chance: random.Random
) -> tuple[Row, frozenset[str]]:
    """A row after what happened to it, and notes of that.

    Args:
        row: Canonical fields.
        person: Whose row it is.
        household: Everybody of the person's household, who may be themselves alone.
        mishaps: How often what happens.
        chance: Source of chance.
    """
    others = [other for other in household if other.number != person.number]
    notes = set()
    for name, happen in _PROCESSES.items():
        # Drawn for every row, so that one rate changes nothing else.
        if chance.random() < getattr(mishaps, name):
            spoiled = happen(row, person, others, chance)
            if spoiled != row:
                row = spoiled
                notes.add(name)
    return row, frozenset(notes)


def _copied(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    if not others:
        return row
    other = chance.choice(others)
    values = {"birth_date": other.born.isoformat(), "ssn_last4": other.digits, "first_name": other.first}
    field = chance.choices(list(values), weights=(6, 3, 1))[0]
    return row | {field: values[field]} if row[field] else row


def _role(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    return row | {"first_name": chance.choice(ROLES), "middle_name": ""}


def _guardian(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    elders = [other for other in others if person.born.year - other.born.year > 15]
    if not elders:
        return row
    elder = chance.choice(elders)
    return row | {"first_name": elder.first, "last_name": elder.last, "middle_name": ""}


def _nominal(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    day = person.born.replace(month=chance.choice((1, 1, 7)), day=1)
    return row | {"birth_date": day.isoformat()} if row["birth_date"] else row


def _system(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    return row | {"birth_date": chance.choice(SYSTEM_DATES)}


def _block(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    return row | dict.fromkeys(chance.choice(_BLOCKS), "")


def _fragment(row: Row, person: Person, others: Sequence[Person], chance: random.Random) -> Row:
    kept = {"last_name", *chance.choice(_FRAGMENTS)}
    made = {field: value if field in kept else "" for field, value in row.items()}
    # A form without a place for the first name still knows its initial.
    return made if "first_name" in kept else made | {"first_name": row["first_name"][:1]}


_PROCESSES: dict[str, Callable[[Row, Person, Sequence[Person], random.Random], Row]] = {
    "copied": _copied,
    "role": _role,
    "guardian": _guardian,
    "nominal": _nominal,
    "system": _system,
    "block": _block,
    "fragment": _fragment,
}

USUAL = Mishaps(
    copied=0.006, role=0.005, guardian=0.003, nominal=0.008, system=0.003, block=0.03, fragment=0.006, twice=0.03
)
LEVELS = {
    "mild": replace(USUAL.times(0.3), twice=0.01),
    "usual": USUAL,
    "heavy": USUAL.times(4),
    "extreme": replace(USUAL.times(9), twice=0.08),
}
"""Four levels of the same processes."""
