"""The few words of race, ethnicity and level of a degree, and the ways to write each, as data.

They stand in categories.csv. A word that is not there is unknown and never guessed: numbers and letters mean one thing to one sender
and another to the next. Not here: names of categories that readers see (public/published_outcomes/labels.py).
"""

import csv
import re
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Final

from credential_pipeline.foundation.recipes.sql import literal, lookup, once
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS

_UNKNOWN: Final = "unknown"
_TAIL: Final = " (degree|alone)$"


def _read() -> dict[str, dict[str, str]]:
    text = resources.files(__package__ or "").joinpath("categories.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], {})[row["spelling"]] = row["word"]
    return found


def plain(text: str) -> str:
    """Text as spellings are compared: small letters and digits, one space between words, no ``degree`` or ``alone`` at the end."""
    words = re.sub("[^a-z0-9]+", " ", re.sub("['\u2019]", "", text.lower())).strip()
    return re.sub(_TAIL, "", words)


_READ: Final = _read()
SPELLINGS: Final[Mapping[str, Mapping[str, str]]] = {
    kind: spelled | {word.replace("_", " "): word for word in spelled.values()}
    for kind, spelled in _READ.items()
    if kind != _UNKNOWN
}
"""Kind -> spelling, as :func:`plain` makes it -> word of the contract."""
NOT_KNOWN: Final = tuple(sorted({"", *_READ[_UNKNOWN], *map(plain, PLACEHOLDERS)}))
"""Spellings that say that nothing is known."""


def _plain_sql(expression: str) -> str:
    bare = f"regexp_replace(lower({expression}), '[''\u2019]', '', 'g')"
    spaced = f"trim(regexp_replace({bare}, '[^a-z0-9]+', ' ', 'g'))"
    return f"regexp_replace({spaced}, {literal(_TAIL)}, '')"


def word_of(kind: str) -> Callable[[str], str]:
    """What makes the word of a category out of SQL text, in any case; NULL for a spelling that is not listed.

    Args:
        kind: ``race``, ``ethnicity`` or ``degree_level``.
    """
    return lambda expression: lookup(_plain_sql(expression), SPELLINGS[kind])


def is_strange(kind: str) -> Callable[[str], str]:
    """What makes the condition out of SQL text that something is said of a category in a word that nobody knows.

    Args:
        kind: ``race``, ``ethnicity`` or ``degree_level``.
    """
    known = ", ".join(literal(one) for one in (*SPELLINGS[kind], *NOT_KNOWN))
    return lambda expression: once(_plain_sql(expression), lambda it: f"{it} NOT IN ({known})")
