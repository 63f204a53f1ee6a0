"""Worlds of made-up people that the product has never seen, through the public interfaces only.

Belongs here: the variants, and who stands in which file of one world. Not here: the files (world.py), running and judging.
"""

import datetime
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.linking import mishaps, world
from tests.bench.linking.mishaps import Mishaps, spoil
from tests.bench.linking.population import Country, Person, people
from tests.bench.linking.reports import Habits, known_as, report
from tests.bench.linking.world import Layout, Row

LAYOUTS = (Layout("guild"), Layout("board", titled=True, date="%m/%d/%Y", whole_name=True))
_AGES = ((24, "under 25"), (34, "25-34"), (49, "35-49"), (200, "50 and over"))
_YEAR = 2016
"""Ages are those of this year."""


@dataclass(frozen=True)
class Variant:
    """One kind of world.

    Attributes:
        feed: Habits of the certifiers.
        registry: Habits of the registry.
        seed: Of its country and of all chance.
        absent: Share of the people who have no row in the registry.
        changes: Share of those who change their name of whom the sides hold different surnames.
        mishaps: What offices do to rows of the feeds beyond that.
    """

    feed: Habits
    registry: Habits
    seed: int
    absent: float = 0.3
    changes: float = 0.05
    mishaps: Mishaps = field(default_factory=Mishaps)


_CALM = Habits()
_REGISTRY = replace(_CALM, nickname=0.015, no_birth_date=0.01, middle=0.6, half_surname=0.05)
_PLACED = replace(_CALM, address=0.55, sex=0.7)
_PLACED_REGISTRY = replace(_REGISTRY, address=0.8, sex=0.8, no_birth_date=0.03)
_DIGITS = replace(_PLACED, digits=0.35, no_birth_date=0.07)
_DIGITS_REGISTRY = replace(_PLACED_REGISTRY, digits=0.6)
_HEAVY = replace(
    _DIGITS,
    nickname=0.2,
    typo=0.06,
    respelled=0.03,
    initial=0.02,
    middle_used=0.02,
    swapped=0.02,
    half_surname=0.4,
    no_birth_date=0.1,
    wrong_date=0.06,
    wrong_digits=0.03,
)
_MILD = replace(
    _DIGITS, nickname=0.02, typo=0.005, half_surname=0.05, no_birth_date=0.015, middle_used=0.001, wrong_date=0.005
)
_MILD_REGISTRY = replace(_DIGITS_REGISTRY, nickname=0.005, no_birth_date=0.005)

_SPOILED = replace(_MILD, address=0.8, digits=0.5, sex=0.8)
_SPOILED_REGISTRY = replace(_MILD_REGISTRY, address=0.9, digits=0.7, sex=0.9)

VARIANTS: dict[str, Variant] = {
    "mild": Variant(_MILD, _MILD_REGISTRY, seed=106, absent=0.2, changes=0.02),
    "names": Variant(_CALM, _REGISTRY, seed=101),
    "address": Variant(_PLACED, _PLACED_REGISTRY, seed=102),
    "digits": Variant(_DIGITS, _DIGITS_REGISTRY, seed=103, absent=0.4),
    "previous": Variant(
        replace(_PLACED, previous=0.7), replace(_PLACED_REGISTRY, previous=0.3), seed=104, absent=0.2, changes=0.4
    ),
    "heavy-own": Variant(_HEAVY, replace(_DIGITS_REGISTRY, typo=0.01, wrong_date=0.01), seed=105, changes=0.4),
    "spoiled-mild": Variant(_SPOILED, _SPOILED_REGISTRY, 201, absent=0.1, mishaps=mishaps.LEVELS["mild"]),
    "spoiled-usual": Variant(_SPOILED, _SPOILED_REGISTRY, 202, absent=0.2, mishaps=mishaps.LEVELS["usual"]),
    "spoiled-heavy": Variant(
        replace(_SPOILED, typo=0.02, wrong_date=0.02, nickname=0.08),
        _SPOILED_REGISTRY,
        seed=203,
        changes=0.2,
        mishaps=mishaps.LEVELS["heavy"],
    ),
    "spoiled-extreme": Variant(_HEAVY, _SPOILED_REGISTRY, 204, changes=0.3, mishaps=mishaps.LEVELS["extreme"]),
}


def make(folder: Path, variant: Variant, students: int, rows: int) -> None:
    """Write one world.

    Args:
        folder: Where.
        variant: What kind of world.
        students: About so many people in the registry.
        rows: At least so many rows in the feeds.
    """
    country = Country(variant.seed)
    chance = random.Random(variant.seed * 7919)
    everybody = people(country, int(students / (1 - variant.absent)))
    inside = {person.number for person in everybody if chance.random() >= variant.absent}
    changed = {person.number for person in everybody if person.before and chance.random() < variant.changes}
    persons, known, registry_notes = _registry(country, variant, everybody, inside, changed, chance)
    drawn = _sample(everybody, rows, chance)
    feeds, truth = _feeds(country, variant, everybody, drawn, changed, registry_notes, chance)
    world.write(folder, feeds, persons, truth, known)


def _registry(
    country: Country,
    variant: Variant,
    everybody: Iterable[Person],
    inside: set[int],
    changed: set[int],
    chance: random.Random,
) -> tuple[list[Row], list[Row], dict[int, frozenset[str]]]:
    """Rows of the registry, whose they are, and what is wrong in them; some students stand there twice."""
    free = iter(chance.sample(range(10_000_000, 99_999_999), 2 * len(inside)))
    persons: list[Row] = []
    known: list[Row] = []
    notes: dict[int, frozenset[str]] = {}
    for person in everybody:
        if person.number not in inside:
            continue
        # Before the marriage if the sides differ, after it otherwise.
        later = person.number not in changed
        for copy in range(2 if chance.random() < variant.mishaps.twice else 1):
            seen = known_as(person, variant.registry, country.names, chance, later=later, changed=False)
            row, notes[person.number] = report(person, seen, variant.registry, chance, later=False)
            if copy:
                notes[person.number] |= {"twice"}
            student = str(next(free))
            persons.append({"student_id": student, **row})
            whose = {"person_id": str(person.number), "household": str(person.household)}
            known.append({"student_id": student, **whose})
    chance.shuffle(persons)
    return persons, known, notes


def _sample(everybody: list[Person], rows: int, chance: random.Random) -> list[tuple[Person, int]]:
    """People and how many rows each has in the feeds; the relatives of the chosen are chosen more often."""
    order = list(everybody)
    chance.shuffle(order)
    drawn: list[tuple[Person, int]] = []
    total = 0
    for person in order:
        if total >= rows:
            break
        times = chance.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3))
        drawn.append((person, times))
        total += times
    return drawn


def _feeds(
    country: Country,
    variant: Variant,
    everybody: Iterable[Person],
    drawn: Iterable[tuple[Person, int]],
    changed: set[int],
    registry_notes: Mapping[int, frozenset[str]],
    chance: random.Random,
) -> tuple[dict[Layout, list[Row]], list[Row]]:
    households: dict[int, list[Person]] = {}
    for person in everybody:
        households.setdefault(person.household, []).append(person)
    feeds: dict[Layout, list[Row]] = {layout: [] for layout in LAYOUTS}
    truth: list[Row] = []
    for person, times in drawn:
        seen = known_as(person, variant.feed, country.names, chance, later=True, changed=person.number in changed)
        for _ in range(times):
            layout = chance.choice(LAYOUTS)
            row, habits = report(person, seen, variant.feed, chance, later=True)
            row, happened = spoil(row, person, households[person.household], variant.mishaps, chance)
            day = datetime.date(2012, 1, 1) + datetime.timedelta(days=chance.randrange(3000))
            record_id = f"{layout.name[0].upper()}{chance.getrandbits(40):011x}"
            credential = {"credential_code": chance.choice("ABC"), "event_date": day.isoformat()}
            feeds[layout].append({"record_id": record_id, **row, **credential})
            differs = habits | happened | {f"registry_{note}" for note in registry_notes.get(person.number, ())}
            truth.append(
                _truth(person, layout, record_id, (differs | person.kin) - _BORING, changed=person.number in changed)
            )
    for rows in feeds.values():
        chance.shuffle(rows)
    return feeds, truth


_BORING = frozenset({"moved", "registry_moved"})


def _truth(person: Person, layout: Layout, record_id: str, notes: Iterable[str], *, changed: bool) -> Row:
    return {
        "certifier": layout.name,
        "record_id": record_id,
        "person_id": str(person.number),
        "household": str(person.household),
        "notes": " ".join(sorted(notes)),
        "sex": "F" if person.woman else "M",
        "age": next(label for most, label in _AGES if _YEAR - person.born.year <= most),
        "surname": "changed" if changed else "same",
    }
