"""The statistical agency's reference population: several names and addresses a person, with errors of its own.

Not here: wages (careers.py, wages.py).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from credential_pipeline.simulation.arrays import Dates, Ints, Streams, Texts, texts
from credential_pipeline.simulation.faults import write
from credential_pipeline.simulation.identity import Identity, identities
from credential_pipeline.simulation.names import draw_nicknames
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.tables import write_table
from credential_pipeline.simulation.world import Reference

_NICKNAME = 3
_BEGINNING = np.datetime64("1950-01-01")


@dataclass(frozen=True)
class Keys:
    """Protected keys by person number, empty for those who are not in the reference population."""

    key: Texts
    race: Texts
    sex: Texts


def _rows(
    rng: np.random.Generator, people: People, present: Ints, world: Reference, today: np.datetime64
) -> tuple[Ints, Dates, Ints]:
    """Person, day and kind of each row: 0 now, 1 earlier name, 2 earlier address, 3 nickname."""
    size = len(present)
    now = np.full(size, today)
    changed = np.flatnonzero(
        (people.changed[present] < today)
        & (people.married[present] != "")
        & (rng.random(size) < world.earlier_name_row)
    )
    moved = np.flatnonzero((people.moved[present, 0] < today) & (rng.random(size) < world.earlier_address_row))
    nick = np.flatnonzero(rng.random(size) < world.nickname_row)
    person = np.concatenate([present, present[changed], present[moved], present[nick]])
    before_wedding = np.maximum(people.changed[present[changed]] - np.timedelta64(30, "D"), _BEGINNING)
    before_move = people.moved[present[moved], 0] - np.timedelta64(30, "D")
    day = np.concatenate([now, before_wedding, before_move, now[nick]])
    return person, day, np.repeat(np.arange(4), [size, len(changed), len(moved), len(nick)])


def _keys(rng: np.random.Generator, present: Ints, everybody: int) -> Texts:
    """A key for each who is present, in an order that says nothing of the person."""
    number = np.sort(rng.choice(9 * 10**9, len(present), replace=False))
    key = np.full(everybody, "", dtype=object)
    key[rng.permutation(present)] = texts(f"K{value:010d}" for value in number.tolist())
    return key


def _with_nicknames(rng: np.random.Generator, people: People, correct: Identity, rows: Ints) -> Identity:
    """The identities with the usual nickname, or some nickname of the first name, in some rows."""
    usual = people.nickname[correct.person[rows]]
    some = draw_nicknames(rng, people.first[correct.person[rows]])
    first = correct.text["first_name"].copy()
    first[rows] = np.where(usual != "", usual, np.where(some != "", some, first[rows]))
    return Identity(correct.person, correct.birth, correct.home, correct.text | {"first_name": first})


def _recorded(rng: np.random.Generator, names: tuple[str, ...], code: Ints, missing: float) -> Texts:
    """A trait of everybody in words, empty for the share whose trait is missing."""
    values = texts(names)[code]
    values[rng.random(len(values)) < missing] = ""
    return values


def write_persons(streams: Streams, folder: Path, people: People, world: Reference, last_year: int) -> Keys:
    """Write ``folder/persons`` and return the keys.

    Args:
        streams: Named streams of the world.
        folder: ``reference`` of the enclave.
        people: Everybody.
        world: Coverage and errors.
        last_year: Last year of the wage files; the newest row of a person is of its end.
    """
    rng = streams("reference")
    today = np.datetime64(f"{last_year}-12-31")
    present = np.flatnonzero(rng.random(len(people)) < world.present)
    key = _keys(rng, present, len(people))
    person, day, kind = _rows(rng, people, present, world, today)
    correct = identities(people, streams.seed, person, day, ())
    alternate = np.where(kind == 0, correct.text["previous_last_name"], "").astype(object)
    correct = _with_nicknames(rng, people, correct, np.flatnonzero(kind == _NICKNAME))
    stored = write(streams("reference", "faults"), people, correct, world.faults)
    race = _recorded(rng, people.race_names, people.race, world.race_missing)
    sex = _recorded(rng, ("F", "M"), people.sex, world.sex_missing)
    ethnicity = np.where(people.hispanic, "hispanic", "not_hispanic").astype(object)
    order = np.lexsort((kind, key[person].astype("U11")))
    text = {
        name: stored.text[name][order]
        for name in ("first_name", "middle_name", "last_name", "name_suffix", "street", "city")
    }
    who = person[order]
    write_table(
        folder / "persons",
        {
            "person_key": key[who],
            "first_name": text["first_name"],
            "middle_name": text["middle_name"],
            "last_name": text["last_name"],
            "name_suffix": text["name_suffix"],
            "alternate_last_name": alternate[order],
            "birth_date": stored.birth[order],
            "death_date": people.death[who],
            "sex": sex[who],
            "race": race[who],
            "ethnicity": ethnicity[who],
            "street": text["street"],
            "city": text["city"],
            "state": stored.text["state"][order],
            "zip": stored.text["zip"][order],
        },
        upper=(*text, "alternate_last_name"),
    )
    return Keys(key, race, sex)
