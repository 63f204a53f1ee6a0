"""Everybody in the simulated country, as arrays by person number: traits, names, dates, homes.

Not here: who is related to whom (families.py) and who earns a credential (holders.py).
"""

from dataclasses import dataclass

import numpy as np

from credential_pipeline.simulation.arrays import (
    NEVER,
    Bools,
    Dates,
    Ints,
    Streams,
    Texts,
    blank,
    curve,
    join,
    pick,
    random_day,
    texts,
    years,
)
from credential_pipeline.simulation.families import Kin, draw_kin
from credential_pipeline.simulation.names import ORIGINS, SEXES, compound, draw_first_names, draw_nicknames, draw_surnames
from credential_pipeline.simulation.places import Homes, build_homes, draw_places, move
from credential_pipeline.simulation.world import World

FEMALE, MALE = 0, 1


@dataclass(frozen=True)
class People:
    """One entry a person in every array; texts are empty and dates NaT where there is nothing.

    ``last`` is the surname at birth, ``married`` the later one from ``changed`` on. ``homes`` [n, 3] numbers the first,
    second and third address, ``moved`` [n, 2] the days of moving. Race codes index ``race_names``.
    """

    sex: Ints
    origin: Ints
    race: Ints
    race_names: tuple[str, ...]
    hispanic: Bools
    birth: Dates
    death: Dates
    education: Ints
    education_names: tuple[str, ...]
    first: Texts
    middle: Texts
    last: Texts
    married: Texts
    changed: Dates
    suffix: Texts
    nickname: Texts
    family: Ints
    homes: Ints
    moved: Dates
    addresses: Homes

    def __len__(self) -> int:
        """Number of persons."""
        return len(self.sex)

    def last_on(self, who: Ints, day: Dates) -> Texts:
        """Surname in use on the day."""
        later = (self.changed[who] <= day) & (self.married[who] != "")
        return np.asarray(np.where(later, self.married[who], self.last[who]), dtype=object)

    def home_on(self, who: Ints, day: Dates) -> Ints:
        """Number of the address on the day."""
        spell = (self.moved[who] <= day[:, None]).sum(axis=1)
        return self.homes[who, spell]

    def age_in(self, who: Ints, year: Ints) -> Ints:
        """Age reached in the calendar year."""
        return year - years(self.birth[who])


def _races(rng: np.random.Generator, origin: Ints, weights: dict[str, dict[str, float]]) -> tuple[Ints, tuple[str, ...]]:
    names = tuple(sorted({race for own in weights.values() for race in own}))
    race = np.zeros(len(origin), dtype=np.int64)
    for code, name in enumerate(ORIGINS):
        who = np.flatnonzero(origin == code)
        race[who] = pick(rng, [weights[name].get(other, 0.0) for other in names], len(who))
    return race, names


def _deaths(rng: np.random.Generator, birth: Dates, yearly: dict[int, float], until: int) -> Dates:
    """Day of death, NaT for those alive at the end of ``until``."""
    ages = np.arange(0, 100)
    surviving = np.cumprod(1 - curve(yearly, ages))
    age = np.searchsorted(-surviving, -rng.random(len(birth)))
    day = birth + (age * 365.25 + rng.random(len(birth)) * 365).astype(np.int64).astype("timedelta64[D]")
    return np.where((age < len(ages)) & (years(day) <= until), day, NEVER)


def _suffixes(rng: np.random.Generator, kin: Kin, share: float, size: int) -> Texts:
    suffix = blank(size)
    shown = rng.random(len(kin.namesake)) < share
    suffix[kin.namesake[shown]] = "Jr"
    suffix[kin.head[kin.namesake[shown]]] = "Sr"
    third = kin.namesake[shown][rng.random(int(shown.sum())) < 0.1]  # noqa: PLR2004
    suffix[third] = "III"
    suffix[kin.head[third]] = "Jr"
    return suffix


def build_people(streams: Streams, world: World, size: int, wanted_births: Ints) -> People:
    """Draw ``size`` persons.

    Args:
        streams: Named random streams of the world.
        world: The country.
        size: Number of persons.
        wanted_births: Years of birth that must occur at least this often, so that every learner finds a person.
    """
    traits, families = world.population, world.families
    rng = streams("people")
    span = np.arange(min(traits.birth_years), max(traits.birth_years) + 1)
    drawn = span[pick(rng, curve(traits.birth_years, span), max(0, size - len(wanted_births)))]
    birth_year = rng.permutation(np.concatenate([wanted_births, drawn]))[:size]
    sex = np.where(rng.random(size) < traits.women, FEMALE, MALE)
    birth = random_day(rng, birth_year)
    kin = draw_kin(streams("families"), families, sex, birth)
    sex, birth, head = kin.sex, kin.birth, kin.head
    birth_year = years(birth)
    origin = pick(rng, [traits.origins.get(name, 0.0) for name in ORIGINS], size)[head]
    race, race_names = _races(rng, origin, traits.races)
    naming = streams("names")
    own = draw_surnames(naming, origin)
    doubled = naming.random(size) < np.array([families.double_names.get(name, 0.0) for name in ORIGINS])[origin]
    own = compound(naming, own, origin, doubled)
    last = np.where(kin.inherits, own[head], own)
    first = draw_first_names(naming, sex, origin, birth_year)
    first[kin.namesake] = first[head[kin.namesake]]
    middle = draw_first_names(naming, sex, origin, birth_year - 12)
    middle[naming.random(size) < families.no_middle_name] = ""
    middle[kin.namesake] = middle[head[kin.namesake]]
    marries = (sex == FEMALE) & (naming.random(size) < families.women_marry)
    husband = np.where(kin.spouse & (sex[head] == MALE), last[head], draw_surnames(naming, origin))
    both = naming.random(size) < families.keeps_both
    married = np.where(both, join(last, "-", husband), husband)
    wedding = birth + np.clip(naming.normal(27, 6, size) * 365, 18 * 365, 70 * 365).astype("timedelta64[D]")
    nickname = draw_nicknames(naming, first)
    nickname[naming.random(size) > families.uses_nickname] = ""
    homes, moved, addresses = _live(streams("homes"), world, origin, kin, birth)
    return People(
        sex=sex,
        origin=origin,
        race=race,
        race_names=race_names,
        hispanic=rng.random(size) < np.array([traits.hispanic.get(name, 0.0) for name in ORIGINS])[origin],
        birth=birth,
        death=_deaths(streams("deaths"), birth, traits.yearly_death, world.economy.last_year),
        education=pick(rng, list(traits.education.values()), size),
        education_names=tuple(traits.education),
        first=first,
        middle=middle,
        last=last,
        married=np.where(marries, married, ""),
        changed=np.where(marries, wedding, NEVER),
        suffix=_suffixes(naming, kin, families.namesake_suffix, size),
        nickname=nickname,
        family=head,
        homes=homes,
        moved=moved,
        addresses=addresses,
    )


def _live(
    rng: np.random.Generator, world: World, origin: Ints, kin: Kin, birth: Dates
) -> tuple[Ints, Dates, Homes]:
    """First home of the family, then up to two homes of one's own."""
    size = len(origin)
    start = draw_places(rng, origin)[kin.head]
    second = move(rng, start, world.families.moves_near)
    third = move(rng, second, world.families.moves_near)
    addresses = build_homes(rng, np.concatenate([start, second, third]))
    homes = np.stack([kin.head, np.arange(size) + size, np.arange(size) + 2 * size], axis=1)
    leaves = birth + np.clip(rng.normal(25, 5, size) * 365, 17 * 365, None).astype("timedelta64[D]")
    again = leaves + (rng.exponential(9 * 365, size) + 300).astype(np.int64).astype("timedelta64[D]")
    once, twice = world.families.moves
    does = rng.random(size)
    moved = np.stack([np.where(does < once, leaves, NEVER), np.where(does < twice, again, NEVER)], axis=1)
    return homes, moved, addresses


@dataclass(frozen=True)
class Identity:
    """What a sender stores of persons: one entry a written identity in every array; empty text or NaT = missing."""

    person: Ints
    birth: Dates
    text: dict[str, Texts]

    def __len__(self) -> int:
        """Number of identities."""
        return len(self.person)


def digits_of(seed: int, person: Ints, kind: int, size: int) -> Ints:
    """A fixed pseudo-random number below 10**size for each person, the same wherever it is asked for."""
    state = person.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64((seed * 1_000_003 + kind * 7_919) % 2**63)
    state ^= state >> np.uint64(31)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(29)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(32)
    return (state % np.uint64(10**size)).astype(np.int64)


def identities(people: People, seed: int, person: Ints, day: Dates) -> Identity:
    """The correct identity of each person on a day, before any error (see faults.py).

    Args:
        people: Everybody.
        seed: Seed of the world; numbers such as the last four digits hang on it.
        person: Person number of each identity; may repeat.
        day: Day on which the identity was taken.
    """
    last = people.last_on(person, day)
    current = people.changed[person] <= day
    domains = texts(["gmail.com", "yahoo.com", "hotmail.com", "aol.com", "outlook.com", "comcast.net"])
    tail = digits_of(seed, person, 1, 3)
    low = texts(f"{a[:1]}{b}".lower().replace(" ", "").replace("-", "") for a, b in zip(people.first[person], people.last[person], strict=True))
    area, number = 201 + digits_of(seed, person, 3, 4) % 700, digits_of(seed, person, 2, 7)
    text = {
        "first_name": people.first[person],
        "middle_name": people.middle[person],
        "last_name": last,
        "name_suffix": people.suffix[person],
        "previous_last_name": np.where(current & (people.married[person] != ""), people.last[person], ""),
        "sex": texts(SEXES)[people.sex[person]],
        "ssn_last4": texts(f"{n:04d}" for n in np.maximum(digits_of(seed, person, 0, 4), 1).tolist()),
        "email": join(low, texts(map(str, tail.tolist())), "@", domains[tail % len(domains)]),
        "phone": texts(f"{a}{n:07d}" for a, n in zip(area.tolist(), number.tolist(), strict=True)),
        **people.addresses.text(people.home_on(person, day)),
    }
    return Identity(person, people.birth[person], {key: np.asarray(value, dtype=object) for key, value in text.items()})
