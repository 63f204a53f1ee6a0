"""Made-up people in families, for worlds that the product has never seen.

Households share a surname and an address; there are twins, fathers and sons of one name, brides who change their
name, double surnames. Belongs here: who people are. Not here: what a form makes of them (reports.py).
"""

import datetime
import random
from dataclasses import dataclass, field, replace

from tests.bench.linking.names import Names, first_rank, names, surname_rank

_STREETS = ["Street", "Avenue", "Road", "Drive", "Lane", "Court"]
_STATES = ["CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI", "NJ", "VA", "WA", "AZ", "TN"]
TOWNS = 900


@dataclass(frozen=True)
class Address:
    """Where a household lives."""

    street: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True)
class Person:
    """One person as they are.

    Attributes:
        number: Their number.
        household: Number of the household they come from.
        first: First name.
        middle: Middle name, if any.
        last: Family name today, in one or two words.
        before: Family name before marriage, if it changed.
        suffix: Jr, Sr or III, if any.
        born: Day of birth.
        woman: Whether a woman.
        digits: Last four digits.
        address: Where they live when the registry knows them.
        next_address: Where they live afterwards.
        kin: What is special: twin, namesake.
    """

    number: int
    household: int
    first: str
    middle: str | None
    last: str
    born: datetime.date
    woman: bool
    digits: str
    address: Address
    next_address: Address
    before: str | None = None
    suffix: str | None = None
    kin: frozenset[str] = field(default_factory=frozenset)


class Country:
    """Draws names, places and households of one country."""

    def __init__(self, seed: int, surnames: int = 40_000) -> None:
        """A country of its own for each seed."""
        self.chance = random.Random(seed)
        self.names: Names = names(surnames, 1_500, seed)
        rare = self.names.surnames[300:5_000]
        self._roads = [f"{self.chance.choice(rare)} {self.chance.choice(_STREETS)}" for _ in range(1_500)]
        self._towns = [
            (
                self.chance.choice(rare) + self.chance.choice(("ville", "ton", " City", " Springs")),
                self.chance.choice(_STATES),
            )
            for _ in range(TOWNS)
        ]

    def first(self, *, woman: bool) -> str:
        """A first name."""
        known = self.names.female if woman else self.names.male
        return known[first_rank(self.chance.random(), len(known))]

    def surname(self) -> str:
        """A family name; one in fifteen is double."""
        drawn = [self.names.surnames[surname_rank(self.chance.random(), len(self.names.surnames))] for _ in range(2)]
        kind = self.chance.random()
        if kind < 0.045:
            return f"{drawn[0]} {drawn[1]}"
        return f"{drawn[0]}-{drawn[1]}" if kind < 0.065 else drawn[0]

    def address(self, town: int | None = None) -> Address:
        """An address, in a given town or in any: large towns first."""
        place = int(TOWNS * self.chance.random() ** 2) if town is None else town
        city, state = self._towns[place]
        house = f"{self.chance.randrange(1, 9800)} {self.chance.choice(self._roads)}"
        unit = f" Apt {self.chance.randrange(1, 60)}" if self.chance.random() < 0.2 else ""
        return Address(house + unit, city, state, f"{10_000 + place * 7 + self.chance.randrange(7):05d}")

    def day(self, first: int, last: int) -> datetime.date:
        """A day of birth within years."""
        start, end = datetime.date(first, 1, 1).toordinal(), datetime.date(last, 12, 31).toordinal()
        return datetime.date.fromordinal(self.chance.randrange(start, end + 1))

    def person(
        self, number: int, household: int, last: str, born: datetime.date, address: Address, *, woman: bool
    ) -> Person:
        """One person of a household; one in three moves later."""
        chance = self.chance
        return Person(
            number=number,
            household=household,
            first=self.first(woman=woman),
            middle=self.first(woman=woman) if chance.random() < 0.8 else None,
            last=last,
            born=born,
            woman=woman,
            digits=f"{chance.randrange(1, 9999):04d}",
            address=address,
            next_address=self.address() if chance.random() < 0.35 else address,
        )


def people(country: Country, count: int) -> list[Person]:
    """At least so many people, household by household."""
    made: list[Person] = []
    household = 0
    while len(made) < count:
        made += _household(country, household, len(made))
        household += 1
    return made


def _household(country: Country, household: int, number: int) -> list[Person]:
    chance, last, address = country.chance, country.surname(), country.address()
    elder = country.day(1948, 1998)
    if chance.random() < 0.45:
        return [country.person(number, household, last, elder, address, woman=chance.random() < 0.5)]
    father = country.person(number, household, last, elder, address, woman=False)
    mother_born = elder + datetime.timedelta(days=chance.randrange(-2000, 2000))
    mother = country.person(number + 1, household, country.surname(), mother_born, address, woman=True)
    took = chance.random()
    if took < 0.12:
        mother = replace(mother, last=f"{mother.last.split(' ')[0]}-{last.split(' ')[0]}", before=mother.last)
    elif took < 0.75:
        mother = replace(mother, last=last, before=mother.last)
    family = [father, mother]
    children = chance.choice((0, 1, 1, 2, 2, 3)) if elder.year < 1985 else 0
    youngest = elder + datetime.timedelta(days=365 * 22)
    for _ in range(children):
        youngest += datetime.timedelta(days=chance.randrange(340, 1600))
        born = min(youngest, datetime.date(1999, 1, 1) - datetime.timedelta(days=chance.randrange(3000)))
        family.append(country.person(number + len(family), household, last, born, address, woman=chance.random() < 0.5))
    return _special(country, family)


def _special(country: Country, family: list[Person]) -> list[Person]:
    """Twins and namesakes among the children; one daughter in six marries later."""
    chance = country.chance
    children = family[2:]
    if len(children) > 1 and chance.random() < 0.06:
        first, second = children[0], children[1]
        children[0] = replace(first, kin=frozenset({"twin"}))
        children[1] = replace(second, born=first.born, kin=frozenset({"twin"}))
        if children[1].first == first.first:
            children[1] = replace(children[1], first=country.first(woman=second.woman) + "a")
    sons = [i for i, child in enumerate(children) if not child.woman and "twin" not in child.kin]
    if sons and chance.random() < 0.07:
        at, father = sons[0], family[0]
        named = frozenset({"namesake"})
        children[at] = replace(children[at], first=father.first, middle=father.middle, suffix="Jr", kin=named)
        family[0] = replace(father, suffix="Sr", kin=named)
    for i, child in enumerate(children):
        if child.woman and chance.random() < 0.17:
            children[i] = replace(child, last=country.surname(), before=child.last)
    return [*family[:2], *children]
