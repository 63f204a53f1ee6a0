"""Errors in writing an identity: typos, nicknames, swaps, stale names and addresses, missing fields.

Faults strike a stored identity, so a sender repeats its own error in every row. Not here: errors of files (feeds.py).
"""

import numpy as np

from credential_pipeline.simulation.arrays import (
    NEVER,
    Bools,
    Dates,
    Ints,
    Texts,
    decimals,
    first_of_year,
    texts,
    years,
)
from credential_pipeline.simulation.identity import Identity
from credential_pipeline.simulation.names import draw_nicknames, read
from credential_pipeline.simulation.people import People
from credential_pipeline.simulation.world import Faults

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_INSERT, _DELETE, _SUBSTITUTE = 0, 1, 2
_SHORTEST = 2
_MONTHS = 12
#: People who go by a nickname give it that much oftener than others are given one.
_HABIT = 4


def typo(rng: np.random.Generator, values: Texts) -> Texts:
    """Insert, delete, substitute or transpose one character of each value (never the first of a short one)."""
    kinds = rng.integers(0, 4, len(values))
    where = rng.random(len(values))
    letters = rng.integers(0, len(_LETTERS), len(values))
    return texts(
        _edit(value, int(kind), float(place), int(letter))
        for value, kind, place, letter in zip(values, kinds, where, letters, strict=True)
    )


def _edit(value: str, kind: int, place: float, letter: int) -> str:
    if len(value) < _SHORTEST:
        return value
    at = int(place * len(value))
    new = _LETTERS[letter] if value[at].isalpha() else _DIGITS[letter % 10]
    if kind == _INSERT:
        return value[:at] + new + value[at:]
    if kind == _DELETE:
        return value[:at] + value[at + 1 :]
    if kind == _SUBSTITUTE or at + 1 == len(value):
        return value[:at] + (new.upper() if value[at].isupper() else new) + value[at + 1 :]
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def _digit_error(rng: np.random.Generator, birth: Dates) -> Dates:
    """Change one digit of the day, month or year; the result is always a date."""
    kind = rng.integers(0, 3, len(birth))
    month_start = birth.astype("datetime64[M]").astype("datetime64[D]")
    day = (birth - month_start).astype(np.int64)
    other_day = month_start + ((day + rng.choice([1, 2, 10, 20], len(birth))) % 28).astype("timedelta64[D]")
    year = years(birth) + rng.choice([-10, -2, -1, 1, 2, 10], len(birth))
    offset = birth - first_of_year(years(birth))
    other_year = first_of_year(year) + np.minimum(offset.astype(np.int64), 364).astype("timedelta64[D]")
    other_month = birth + (rng.choice([-31, 31, 61], len(birth))).astype("timedelta64[D]")
    return np.asarray(np.where(kind == 0, other_day, np.where(kind == 1, other_year, other_month)))


def swap_day_month(birth: Dates) -> Dates:
    """Day and month exchanged where that gives a date; unchanged elsewhere."""
    year = birth.astype("datetime64[Y]")
    month = birth.astype("datetime64[M]")
    day = (birth - month.astype("datetime64[D]")).astype(np.int64)
    ordinal = (month - year.astype("datetime64[M]")).astype(np.int64)
    swapped = (year.astype("datetime64[M]") + np.minimum(day, 11).astype("timedelta64[M]")).astype("datetime64[D]")
    return np.asarray(np.where(day < _MONTHS, swapped + ordinal.astype("timedelta64[D]"), birth))


def spell(rng: np.random.Generator, values: Texts, share: float) -> Texts:
    """Write some names with the accent or apostrophe that tables of names leave out."""
    accents = {row["plain"]: row["written"] for row in read("spellings.csv")}
    takes = np.flatnonzero(rng.random(len(values)) < share)
    spelled = values.copy()
    spelled[takes] = texts(accents.get(value, value) for value in values[takes])
    return spelled


class Pen:
    """Writes identities with errors; ``text`` and ``birth`` hold what is written so far."""

    def __init__(
        self, rng: np.random.Generator, people: People, identity: Identity, faults: Faults, hits: dict[str, int]
    ) -> None:
        """Start from correct identities; ``hits`` counts the identities that each fault strikes."""
        self.rng, self.people, self.faults, self.hits = rng, people, faults, hits
        self.who, self.size = identity.person, len(identity)
        self.text, self.birth, self.home = dict(identity.text), identity.birth.copy(), identity.home.copy()
        self.factor = np.ones(self.size)
        for group, factor in faults.groups.items():
            self.factor[people.in_group(self.who, np.full(self.size, NEVER), group)] *= factor

    def struck(self, fault: str, can: Bools | None = None) -> Ints:
        """Identities that the fault strikes, of those that it can strike."""
        mask = self.rng.random(self.size) < getattr(self.faults, fault) * self.factor
        found = np.flatnonzero(mask if can is None else mask & can)
        self.hits[fault] = self.hits.get(fault, 0) + len(found)
        return found

    def put(self, field: str, at: Ints, values: Texts | str) -> None:
        """Write values of a field at some identities."""
        self.text[field] = self.text[field].copy()
        self.text[field][at] = values

    def names(self) -> None:
        """Nicknames, names before a wedding, one of two surnames, accents."""
        people, who, text = self.people, self.who, self.text
        at = self.struck("nickname")
        usual, some = people.nickname[who[at]], draw_nicknames(self.rng, text["first_name"][at])
        self.put("first_name", at, np.where(usual != "", usual, np.where(some != "", some, text["first_name"][at])))
        uses = self.rng.random(self.size) < self.faults.nickname * _HABIT
        habit = np.flatnonzero(uses & (people.nickname[who] != ""))
        self.put("first_name", habit, people.nickname[who[habit]])
        at = self.struck("previous_name", text["previous_last_name"] != "")
        self.put("last_name", at, text["previous_last_name"][at])
        self.put("previous_last_name", at, "")
        at = self.struck("second_last_dropped", people.double[who])
        self.put("last_name", at, texts(name.replace("-", " ").split(" ")[0] for name in text["last_name"][at]))
        for field in ("first_name", "last_name"):
            text[field] = spell(self.rng, text[field], self.faults.accent)

    def parts(self) -> None:
        """Initials for middle names; middle names and suffixes left out."""
        at = self.struck("initial_only", self.text["middle_name"] != "")
        self.put("middle_name", at, texts(name[:1] for name in self.text["middle_name"][at]))
        for field, fault in (("middle_name", "middle_missing"), ("name_suffix", "suffix_missing")):
            self.put(field, self.struck(fault, self.text[field] != ""), "")

    def addresses(self) -> None:
        """Earlier homes, abbreviated street types."""
        at = self.struck("old_address", np.asarray(~np.isnat(self.people.moved[self.who, 0])))
        self.home[at] = self.people.homes[self.who[at], 0]
        short = np.zeros(self.size, dtype=np.bool_)
        short[self.struck("short_address")] = True
        self.text |= self.people.addresses.text(self.home, short)

    def slips(self) -> None:
        """Typing errors, first and last name exchanged."""
        for field, fault in (("first_name", "typo_first"), ("last_name", "typo_last"), ("street", "typo_street")):
            at = self.struck(fault)
            self.put(field, at, typo(self.rng, self.text[field][at]))
        at = self.struck("swapped_names")
        first = self.text["first_name"][at]
        self.put("first_name", at, self.text["last_name"][at])
        self.put("last_name", at, first)

    def numbers(self) -> None:
        """Contacts, last four digits, sex."""
        for field in ("email", "phone"):
            if field in self.text:
                self.put(field, self.struck("contact_missing"), "")
        if "ssn_last4" in self.text:
            at = self.struck("ssn_wrong")
            self.put("ssn_last4", at, decimals(self.rng.integers(1, 10_000, len(at)), 4))
            self.put("ssn_last4", self.struck("ssn_missing"), "")
        at = self.struck("sex_wrong")
        self.put("sex", at, np.where(self.text["sex"][at] == "F", "M", "F").astype(object))
        self.put("sex", self.struck("sex_missing"), "")

    def births(self) -> None:
        """Day and month exchanged, a wrong digit, no date."""
        at = self.struck("day_month_swapped")
        self.birth[at] = swap_day_month(self.birth[at])
        at = self.struck("birth_digit")
        self.birth[at] = _digit_error(self.rng, self.birth[at])
        self.birth[self.struck("birth_missing")] = NEVER


def write(
    rng: np.random.Generator, people: People, identity: Identity, faults: Faults, hits: dict[str, int] | None = None
) -> Identity:
    """Store identities as an imperfect sender would.

    Args:
        rng: The stream of this sender.
        people: Everybody, for nicknames, earlier names and earlier homes.
        identity: Correct identities.
        faults: Probability of each fault.
        hits: Filled with the number of identities that each fault struck, if given.
    """
    pen = Pen(rng, people, identity, faults, {} if hits is None else hits)
    for step in (pen.names, pen.parts, pen.addresses, pen.slips, pen.numbers, pen.births):
        step()
    return Identity(identity.person, pen.birth, pen.home, pen.text)
