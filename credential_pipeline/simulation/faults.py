"""Errors in writing an identity: typos, nicknames, swaps, stale names and addresses, missing fields.

Faults strike a stored identity, so a sender repeats its own error in every row. Not here: errors of files (feeds.py).
"""

import numpy as np

from credential_pipeline.simulation.arrays import NEVER, Bools, Dates, Ints, Texts, first_of_year, texts, years
from credential_pipeline.simulation.names import draw_nicknames, read
from credential_pipeline.simulation.people import Identity, People
from credential_pipeline.simulation.places import ABBREVIATIONS
from credential_pipeline.simulation.world import Faults

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"


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
    if len(value) < 2:  # noqa: PLR2004
        return value
    at = int(place * len(value))
    new = _LETTERS[letter] if value[at].isalpha() else _DIGITS[letter % 10]
    if kind == 0:
        return value[:at] + new + value[at:]
    if kind == 1:
        return value[:at] + value[at + 1 :]
    if kind == 2 or at + 1 == len(value):  # noqa: PLR2004
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
    return np.asarray(np.where(day < 12, swapped + ordinal.astype("timedelta64[D]"), birth))  # noqa: PLR2004


def _short(street: str) -> str:
    words = street.split(" ")
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def spell(rng: np.random.Generator, values: Texts, share: float) -> Texts:
    """Write some names with the accent or apostrophe that tables of names leave out."""
    accents = {row["plain"]: row["written"] for row in read("spellings.csv")}
    chance = rng.random(len(values)) < share
    return texts(accents.get(value, value) if takes else value for value, takes in zip(values, chance, strict=True))


def write(rng: np.random.Generator, people: People, identity: Identity, faults: Faults, *, hits: dict[str, int] | None = None) -> Identity:
    """Store identities as an imperfect sender would.

    Args:
        rng: The stream of this sender.
        people: Everybody, for nicknames, earlier names and earlier homes.
        identity: Correct identities.
        faults: Probability of each fault.
        hits: Filled with the number of identities that each fault struck, if given.
    """
    who, size = identity.person, len(identity)
    text, birth = dict(identity.text), identity.birth.copy()

    def struck(name: str, can: Bools | None = None) -> Ints:
        mask = rng.random(size) < getattr(faults, name)
        found = np.flatnonzero(mask if can is None else mask & can)
        if hits is not None:
            hits[name] = hits.get(name, 0) + len(found)
        return found

    def put(field: str, at: Ints, values: Texts | str) -> None:
        text[field] = text[field].copy()
        text[field][at] = values

    at = struck("nickname")
    usual = people.nickname[who[at]]
    some = draw_nicknames(rng, text["first_name"][at])
    nick = np.where(usual != "", usual, np.where(some != "", some, text["first_name"][at]))
    put("first_name", at, nick)
    habit = np.flatnonzero((people.nickname[who] != "") & (rng.random(size) < faults.nickname * 4))
    put("first_name", habit, people.nickname[who[habit]])
    at = struck("previous_name", text["previous_last_name"] != "")
    put("last_name", at, text["previous_last_name"][at])
    put("previous_last_name", at, "")
    doubled = texts(name.replace("-", " ") for name in text["last_name"])
    at = struck("second_last_dropped", np.array([" " in name for name in doubled], dtype=np.bool_))
    put("last_name", at, texts(name.split(" ")[0] for name in doubled[at]))
    for field in ("first_name", "last_name"):
        text[field] = spell(rng, text[field], faults.accent)
    at = struck("initial_only", text["middle_name"] != "")
    put("middle_name", at, texts(name[:1] for name in text["middle_name"][at]))
    for field, fault in (("middle_name", "middle_missing"), ("name_suffix", "suffix_missing")):
        put(field, struck(fault, text[field] != ""), "")
    for field, fault in (("first_name", "typo_first"), ("last_name", "typo_last"), ("street", "typo_street")):
        at = struck(fault)
        put(field, at, typo(rng, text[field][at]))
    at = struck("swapped_names")
    first = text["first_name"][at]
    put("first_name", at, text["last_name"][at])
    put("last_name", at, first)
    at = struck("old_address", np.asarray(~np.isnat(people.moved[who, 0])))
    earlier = people.addresses.text(people.homes[who[at], 0])
    for field, values in earlier.items():
        put(field, at, values)
    at = struck("short_address")
    put("street", at, texts(map(_short, text["street"][at])))
    for field in ("email", "phone"):
        put(field, struck("contact_missing"), "")
    put("ssn_last4", struck("ssn_missing"), "")
    at = struck("ssn_wrong")
    put("ssn_last4", at, texts(f"{number:04d}" for number in rng.integers(1, 10_000, len(at)).tolist()))
    at = struck("sex_wrong")
    put("sex", at, np.where(text["sex"][at] == "F", "M", "F").astype(object))
    put("sex", struck("sex_missing"), "")
    at = struck("day_month_swapped")
    birth[at] = swap_day_month(birth[at])
    at = struck("birth_digit")
    birth[at] = _digit_error(rng, birth[at])
    birth[struck("birth_missing")] = NEVER
    return Identity(who, birth, text)
