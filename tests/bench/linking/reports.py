"""What forms make of people: a registry row and feed rows, each with its own mistakes, and a note of what differs.

Belongs here: how often each mistake happens. Not here: the mistakes themselves (noise.py) and the files (unseen_world.py).
"""

import random
from dataclasses import dataclass

from tests.bench.linking import noise
from tests.bench.linking.names import Names
from tests.bench.linking.population import Person
from tests.bench.linking.world import Row


@dataclass(frozen=True)
class Habits:
    """How often a form or a person does what, on one side.

    Attributes:
        nickname: A short form instead of the first name, if there is one.
        typo: A typing error, for the first and the last name each.
        respelled: Another spelling, for the first and the last name each.
        initial: The first name as an initial.
        middle_used: The middle name instead of the first.
        swapped: First and last name in each other's place.
        half_surname: One word of a double surname.
        no_birth_date: No birth date.
        wrong_date: A mistake in the birth date.
        wrong_digits: A mistake in the last four digits.
        middle: A middle name or initial is given.
        address: An address is given.
        digits: The last four digits are given.
        previous: An earlier surname is given, where there is one.
        sex: The sex is given.
        suffix: A suffix is given, where there is one.
        accents: Names keep accents and apostrophes.
    """

    nickname: float = 0.05
    typo: float = 0.008
    respelled: float = 0.004
    initial: float = 0.002
    middle_used: float = 0.003
    swapped: float = 0.002
    half_surname: float = 0.1
    no_birth_date: float = 0.05
    wrong_date: float = 0.008
    wrong_digits: float = 0.005
    middle: float = 0.5
    address: float = 0.0
    digits: float = 0.0
    previous: float = 0.0
    sex: float = 0.0
    suffix: float = 0.6
    accents: float = 0.5


@dataclass(frozen=True)
class Seen:
    """A person as one sender knows them, before the mistakes of single rows, with what is special about it."""

    first: str
    last: str
    previous: str
    notes: frozenset[str]


def known_as(
    person: Person, habits: Habits, known: Names, chance: random.Random, *, later: bool, changed: bool
) -> Seen:
    """How a person calls themself at one sender, the same in all its rows.

    Args:
        person: The person.
        habits: The sender's.
        known: The country's names, for short forms.
        chance: Source of chance.
        later: The sender knows the person after a marriage rather than before.
        changed: The surname is one that the other side does not have.
    """
    notes = set()
    first, last, previous = person.first, person.last, ""
    if person.before:
        last = person.last if later else person.before
        previous = person.before if later and chance.random() < habits.previous else ""
        if changed:
            notes.add("surname_change")
    short = known.nicknames.get(first)
    if short and chance.random() < habits.nickname:
        first = chance.choice(short)
        notes.add("nickname")
    elif person.middle and chance.random() < habits.middle_used:
        first = person.middle
        notes.add("middle_as_first")
    if (" " in last or "-" in last) and chance.random() < habits.half_surname:
        last = chance.choice(last.replace("-", " ").split())
        notes.add("half_surname")
    if chance.random() < habits.accents:
        first = known.accented.get(first, first)
        last = " ".join(known.accented.get(word, word) for word in last.split(" "))
    return Seen(first, last, previous, frozenset(notes))


def report(
    person: Person, seen: Seen, habits: Habits, chance: random.Random, *, later: bool
) -> tuple[Row, frozenset[str]]:
    """One row with canonical fields, ISO dates, and the notes on what is wrong in it."""
    notes = set(seen.notes)
    first, last = _names(seen, habits, chance, notes)
    digits = person.digits if chance.random() < habits.digits else ""
    if digits and chance.random() < habits.wrong_digits:
        digits = noise.wrong_digit(digits, chance)
        notes.add("wrong_digits")
    middle = ""
    if person.middle and seen.first != person.middle and chance.random() < habits.middle:
        middle = person.middle if chance.random() < 0.4 else person.middle[0]
    row = {
        "first_name": first,
        "middle_name": middle,
        "last_name": last,
        "name_suffix": person.suffix if person.suffix and chance.random() < habits.suffix else "",
        "previous_last_name": seen.previous,
        "birth_date": _birth_date(person, habits, chance, notes),
        "sex": ("F" if person.woman else "M") if chance.random() < habits.sex else "",
        "ssn_last4": digits,
        **_address(person, habits, chance, notes, later=later),
    }
    return row, frozenset(notes)


def _names(seen: Seen, habits: Habits, chance: random.Random, notes: set[str]) -> tuple[str, str]:
    names = {"first": seen.first, "last": seen.last}
    for which in names:
        for kind, spoil in (("typo", noise.typo), ("respelled", noise.respelled)):
            if chance.random() < getattr(habits, kind):
                names[which] = spoil(names[which], chance)
                notes.add(f"{kind}_{which}")
    if chance.random() < habits.initial:
        names["first"] = names["first"][0]
        notes.add("initial")
    if chance.random() < habits.swapped:
        notes.add("swapped")
        return names["last"], names["first"]
    return names["first"], names["last"]


def _birth_date(person: Person, habits: Habits, chance: random.Random, notes: set[str]) -> str:
    if chance.random() < habits.no_birth_date:
        notes.add("no_birth_date")
        return ""
    if chance.random() < habits.wrong_date:
        notes.add("wrong_date")
        return noise.wrong_date(person.born, chance).isoformat()
    return person.born.isoformat()


def _address(person: Person, habits: Habits, chance: random.Random, notes: set[str], *, later: bool) -> Row:
    address = person.next_address if later else person.address
    if later and person.next_address != person.address:
        notes.add("moved")
    given = chance.random() < habits.address
    return {name: getattr(address, name) if given else "" for name in ("street", "city", "state", "zip")}
