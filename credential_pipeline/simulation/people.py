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
    month_day,
    pick,
    random_day,
    years,
)
from credential_pipeline.simulation.families import Kin, draw_kin
from credential_pipeline.simulation.names import (
    ORIGINS,
    SEXES,
    compound,
    draw_first_names,
    draw_nicknames,
    draw_surnames,
)
from credential_pipeline.simulation.places import Homes, build_homes, draw_places, move
from credential_pipeline.simulation.world import Families, World

FEMALE, MALE = 0, 1


@dataclass(frozen=True)
class People:
    """One entry a person in every array; texts are empty and dates NaT where there is nothing.

    ``last`` is the surname at birth, ``married`` the later one from ``changed`` on; ``double``: either may be of two words. ``homes`` [n, 3] numbers the first,
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
    double: Bools
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
        return np.asarray(self.homes[who, spell])

    def age_on(self, who: Ints, day: Dates) -> Ints:
        """Completed years of age on the day."""
        before = month_day(day) < month_day(self.birth[who])
        return np.asarray(years(day) - years(self.birth[who]) - before)

    def in_group(self, who: Ints, day: Dates, group: str) -> Bools:
        """Whether persons belong to a group such as ``race=black``, ``sex=F``, ``ethnicity=hispanic`` or ``age=18-25`` on the day."""
        dimension, _, level = group.partition("=")
        if dimension == "race":
            names = self.race_names
            return np.asarray(self.race[who] == (names.index(level) if level in names else -1))
        if dimension == "sex":
            return np.asarray(self.sex[who] == SEXES.index(level))
        if dimension == "ethnicity":
            return np.asarray(self.hispanic[who] == (level == "hispanic"))
        low, _, high = level.partition("-")
        age = self.age_on(who, day)
        return np.asarray((age >= int(low)) & (age <= int(high)))


def _races(
    rng: np.random.Generator, origin: Ints, weights: dict[str, dict[str, float]]
) -> tuple[Ints, tuple[str, ...]]:
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


def _suffixes(rng: np.random.Generator, kin: Kin, families: Families, size: int) -> Texts:
    suffix = blank(size)
    shown = rng.random(len(kin.namesake)) < families.namesake_suffix
    suffix[kin.namesake[shown]] = "Jr"
    suffix[kin.head[kin.namesake[shown]]] = "Sr"
    third = kin.namesake[shown][rng.random(int(shown.sum())) < families.third]
    suffix[third] = "III"
    suffix[kin.head[third]] = "Jr"
    return suffix


@dataclass(frozen=True)
class _Names:
    """The names of everybody, as :class:`People` holds them."""

    first: Texts
    middle: Texts
    last: Texts
    married: Texts
    changed: Dates
    double: Bools
    suffix: Texts
    nickname: Texts


def _name_all(rng: np.random.Generator, kin: Kin, families: Families, origin: Ints) -> _Names:
    """Names within families: inherited, shared by namesakes, taken at a wedding."""
    size, head = len(origin), kin.head
    own = draw_surnames(rng, origin)
    doubled = rng.random(size) < np.array([families.double_names.get(name, 0.0) for name in ORIGINS])[origin]
    own = compound(rng, own, origin, doubled)
    last = np.where(kin.inherits, own[head], own)
    birth_year = years(kin.birth)
    first = draw_first_names(rng, kin.sex, origin, birth_year)
    first[kin.namesake] = first[head[kin.namesake]]
    middle = draw_first_names(rng, kin.sex, origin, birth_year - 12)
    middle[rng.random(size) < families.no_middle_name] = ""
    middle[kin.namesake] = middle[head[kin.namesake]]
    marries = (kin.sex == FEMALE) & (rng.random(size) < families.women_marry)
    both = marries & (rng.random(size) < families.keeps_both)
    bride = np.flatnonzero(marries)
    married = blank(size)
    married[bride] = draw_surnames(rng, origin[bride])
    taken = np.flatnonzero(marries & kin.spouse & (kin.sex[head] == MALE))
    married[taken] = last[head[taken]]
    married[both] = join(last[both], "-", married[both])
    wedding = kin.birth + np.clip(rng.normal(27, 6, size) * 365, 18 * 365, 70 * 365).astype("timedelta64[D]")
    known = np.flatnonzero(rng.random(size) < families.uses_nickname)
    nickname = blank(size)
    nickname[known] = draw_nicknames(rng, first[known])
    return _Names(
        first=first,
        middle=middle,
        last=last,
        married=married,
        changed=np.where(marries, wedding, NEVER),
        double=doubled | (kin.inherits & doubled[head]) | (marries & (both | doubled[head])),
        suffix=_suffixes(rng, kin, families, size),
        nickname=nickname,
    )


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
    sex, birth = kin.sex, kin.birth
    origin = pick(rng, [traits.origins.get(name, 0.0) for name in ORIGINS], size)[kin.head]
    race, race_names = _races(rng, origin, traits.races)
    names = _name_all(streams("names"), kin, families, origin)
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
        first=names.first,
        middle=names.middle,
        last=names.last,
        married=names.married,
        changed=names.changed,
        double=names.double,
        suffix=names.suffix,
        nickname=names.nickname,
        family=kin.head,
        homes=homes,
        moved=moved,
        addresses=addresses,
    )


def _live(rng: np.random.Generator, world: World, origin: Ints, kin: Kin, birth: Dates) -> tuple[Ints, Dates, Homes]:
    """First home of the family, then up to two homes of one's own."""
    size = len(origin)
    start = draw_places(rng, origin)[kin.head]
    second = move(rng, start, world.families.moves_near)
    third = move(rng, second, world.families.moves_near)
    addresses = build_homes(rng, np.concatenate([start, second, third]), world.population.in_flats)
    homes = np.stack([kin.head, np.arange(size) + size, np.arange(size) + 2 * size], axis=1)
    leaves = birth + np.clip(rng.normal(25, 5, size) * 365, 17 * 365, None).astype("timedelta64[D]")
    again = leaves + (rng.exponential(9 * 365, size) + 300).astype(np.int64).astype("timedelta64[D]")
    once, twice = world.families.moves
    does = rng.random(size)
    moved = np.stack([np.where(does < once, leaves, NEVER), np.where(does < twice, again, NEVER)], axis=1)
    return homes, moved, addresses
