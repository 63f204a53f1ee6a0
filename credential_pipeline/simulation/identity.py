"""Identities: how a person is written down, correctly, on a day. Errors are in faults.py."""

from collections.abc import Container
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from credential_pipeline.simulation.arrays import Dates, Ints, Texts, decimals, join, texts
from credential_pipeline.simulation.names import SEXES
from credential_pipeline.simulation.people import People

#: Identifiers that only some senders hold.
CONTACTS = ("ssn_last4", "email", "phone")
_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "aol.com", "outlook.com", "comcast.net")


@dataclass(frozen=True)
class Identity:
    """What a sender stores of persons: one entry a written identity in every array; empty text or NaT = missing.

    ``home`` numbers the address; its text columns are there once a sender has written it (see faults.write).
    """

    person: Ints
    birth: Dates
    home: Ints
    text: dict[str, Texts]

    def __len__(self) -> int:
        """Number of identities."""
        return len(self.person)


def digits_of(seed: int, person: Ints, kind: int, size: int) -> Ints:
    """A fixed pseudo-random number below 10**size for each person, the same wherever it is asked for (splitmix64)."""
    with np.errstate(over="ignore"):
        offset = np.uint64(seed * 1_000_003 + kind * 7_919 + 1) * np.uint64(0xD1342543DE82EF95)
        state = person.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offset
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((state ^ (state >> np.uint64(31))) % np.uint64(10**size)).astype(np.int64)


def _emails(people: People, seed: int, person: Ints) -> Texts:
    tail = digits_of(seed, person, 1, 3)
    domains = pa.array([f"@{name}" for name in _DOMAINS]).take(pa.array(tail % len(_DOMAINS)))
    first = pc.utf8_slice_codeunits(pa.array(people.first[person]), 0, 1)
    last = pc.replace_substring_regex(pa.array(people.last[person]), "[ -]", "")
    number = pa.array(tail).cast(pa.string())
    written = pc.utf8_lower(pc.binary_join_element_wise(first, last, number, domains, ""))
    return np.asarray(written.to_numpy(zero_copy_only=False), dtype=object)


def _phones(seed: int, person: Ints) -> Texts:
    area = 201 + digits_of(seed, person, 3, 4) % 700
    return join(decimals(area), decimals(digits_of(seed, person, 2, 3), 3), decimals(digits_of(seed, person, 4, 4), 4))


def identities(people: People, seed: int, person: Ints, day: Dates, contacts: Container[str] = CONTACTS) -> Identity:
    """The correct identity of each person on a day, before any error.

    Args:
        people: Everybody.
        seed: Seed of the world; numbers such as the last four digits hang on it.
        person: Person number of each identity; may repeat.
        day: Day on which the identity was taken.
        contacts: Which of :data:`CONTACTS` are needed; the others are left out.
    """
    renamed = (people.changed[person] <= day) & (people.married[person] != "")
    text = {
        "first_name": people.first[person],
        "middle_name": people.middle[person],
        "last_name": people.last_on(person, day),
        "name_suffix": people.suffix[person],
        "previous_last_name": np.where(renamed, people.last[person], "").astype(object),
        "sex": texts(SEXES)[people.sex[person]],
    }
    if "ssn_last4" in contacts:
        text["ssn_last4"] = decimals(np.maximum(digits_of(seed, person, 0, 4), 1), 4)
    if "email" in contacts:
        text["email"] = _emails(people, seed, person)
    if "phone" in contacts:
        text["phone"] = _phones(seed, person)
    return Identity(person, people.birth[person], people.home_on(person, day), text)
