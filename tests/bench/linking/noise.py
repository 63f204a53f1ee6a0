"""The mistakes that people and forms make in names, dates and numbers; every function takes its own source of chance.

Belongs here: one mistake each, on one value. Not here: how often each happens (population.py, scale_world.py).
"""

import datetime
import random

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: dict[str, str] = {}
for _y, _row in enumerate(_KEYBOARD):
    for _x, _letter in enumerate(_row):
        _near = [_row[i] for i in (_x - 1, _x + 1) if 0 <= i < len(_row)]
        _near += [
            other[i]
            for other in _KEYBOARD[max(_y - 1, 0) : _y + 2]
            if other is not _row
            for i in (_x - 1, _x)
            if 0 <= i < len(other)
        ]
        _NEIGHBOURS[_letter] = "".join(_near)
_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("ie", "y"),
    ("y", "i"),
    ("c", "k"),
    ("ee", "ea"),
    ("z", "s"),
    ("tt", "t"),
    ("ll", "l"),
    ("nn", "n"),
)


def typo(value: str, chance: random.Random) -> str:
    """One letter that is a neighbour on the keyboard, left out, doubled, or exchanged with the next one."""
    places = [i for i, letter in enumerate(value) if letter.isalpha()]
    if len(places) < 3:
        return value
    # The first letter is mistyped less often than the others.
    at = chance.choice(places if chance.random() < 0.3 else places[1:])
    kind = chance.random()
    if kind < 0.35 and value[at].lower() in _NEIGHBOURS:
        new = chance.choice(_NEIGHBOURS[value[at].lower()])
        return value[:at] + (new.upper() if value[at].isupper() else new) + value[at + 1 :]
    if kind < 0.6:
        return value[:at] + value[at + 1 :]
    if kind < 0.75:
        return value[:at] + value[at] + value[at:].lower()
    if at + 1 >= len(value):
        at -= 1
    return (value[:at] + value[at + 1] + value[at] + value[at + 2 :]).capitalize()


def respelled(value: str, chance: random.Random) -> str:
    """One sound written otherwise; a typing error if none fits."""
    lower = value.lower()
    fits = [(a, b) for a, b in (*_SOUNDS, *((b, a) for a, b in _SOUNDS)) if a in lower[1:]]
    if not fits:
        return typo(value, chance)
    old, new = chance.choice(fits)
    at = lower.index(old, 1)
    return value[:at] + new + value[at + len(old) :]


def wrong_digit(value: str, chance: random.Random) -> str:
    """One digit that is another."""
    places = [i for i, letter in enumerate(value) if letter.isdigit()]
    at = chance.choice(places)
    new = chance.choice([digit for digit in "0123456789" if digit != value[at]])
    return value[:at] + new + value[at + 1 :]


def wrong_date(value: datetime.date, chance: random.Random) -> datetime.date:
    """Day and month exchanged, one digit wrong, a neighbouring day, or the same day of another year."""
    kind = chance.random()
    if kind < 0.3 and value.day <= 12 and value.day != value.month:
        return value.replace(day=value.month, month=value.day)
    if kind < 0.45:
        return value + datetime.timedelta(days=chance.choice((-1, 1)))
    if kind < 0.6:
        return value.replace(day=min(value.day, 28), year=value.year + chance.choice((-1, 1)))
    for _ in range(50):
        text = wrong_digit(value.isoformat(), chance)
        try:
            made = datetime.date.fromisoformat(text)
        except ValueError:
            continue
        if 1930 <= made.year <= 2012:
            return made
    return value


def plain(value: str) -> str:
    """Without accents, apostrophes and hyphens, as many systems store names."""
    table = str.maketrans("áéíóúñÁÉÍÓÚÑ-", "aeiounAEIOUN ", "'")
    return value.translate(table)
