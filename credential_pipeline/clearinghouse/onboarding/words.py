"""Reads words.yml: what words of column names and of codes mean, and how a column name is taken apart into them.

Not here: which column becomes which field (matching.py).
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from credential_pipeline.clearinghouse.onboarding.hints import without_hint

_FILE: Final = Path(__file__).with_name("words.yml")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)")
_PARTS: Final = re.compile(r"[^\W_]+")
_INITIALS: Final = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_SHORTEST: Final = 2
_LONG: Final = 5
"""Letters from which on a word may be several words written together."""

CONSENT: Final = "consent"
FULL_NAME: Final = "full_name"
UNUSED: Final = "unused"


@cache
def _content() -> dict[str, Any]:
    text = _FILE.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # a BaseLoader gives text: no and y stay words
    return loaded


def bare(text: str) -> str:
    """Text without accents, which some systems leave out."""
    spelled = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(sign for sign in spelled if not unicodedata.combining(sign))


@cache
def meanings() -> dict[str, str]:
    """Word of a column name -> the word that it stands for; empty for words that stand for nothing."""
    said: dict[str, list[str]] = _content()["words"]
    own = {word: word for word in said if word}
    return own | {bare(word): meaning for meaning, words in said.items() for word in words}


@cache
def phrases() -> dict[str, tuple[frozenset[str], ...]]:
    """Canonical field, or ``full_name``, ``consent`` and ``unused`` -> sets of words that name it."""
    said: dict[str, list[list[str]]] = _content()["fields"]
    return {field: tuple(frozenset(words) for words in sets) for field, sets in said.items()}


@cache
def weaker() -> dict[str, tuple[frozenset[str], ...]]:
    """Canonical field -> sets of words that name it only where nothing else does."""
    said: dict[str, list[list[str]]] = _content()["weaker"]
    return {field: tuple(frozenset(words) for words in sets) for field, sets in said.items()}


@cache
def codes(kind: str) -> dict[str, str]:
    """Word of a coded column, in small letters -> its meaning, for ``result``, ``event``, ``sex``, ``training_setting``, ``flag``, ``wish``."""
    said: Mapping[str, list[str]] = _content()["codes"][kind]
    return {bare(word.strip()): meaning for meaning, words in said.items() for word in words}


def code_word(value: str) -> str:
    """A value of a coded column as the words here are written: small letters, no accents."""
    return bare(" ".join(value.split())).lower()


@cache
def no_event() -> frozenset[str]:
    """Words that say that nothing has happened yet."""
    return frozenset(_content()["codes"]["nothing"])


@cache
def outcome_words() -> frozenset[str]:
    """Words of a column that says how something ended, or that it has not ended yet."""
    return frozenset({*codes("result"), *codes("event"), *no_event()})


@cache
def placeholders() -> frozenset[str]:
    """Words that stand where nothing stands."""
    return frozenset(_content()["placeholders"])


def _together(word: str) -> list[str]:
    """A word taken apart into known words, the fewest; the word itself if that cannot be done."""
    known = meanings()
    best: list[list[str] | None] = [[], *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 20), end - _SHORTEST + 1):
            before, piece = best[start], word[start:end]
            if before is None:
                continue
            piece = piece if piece in known else piece.removesuffix("s")  # a plural, or the s between two German words
            if piece not in known or len(piece) < _SHORTEST:
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, piece]
    return best[-1] or [word]


def split_name(name: str) -> list[str]:
    """Words of a column name in small letters, as written: ``StudentEmployeeID`` gives student, employee, id; ``D.O.B.`` dob."""
    spelled = _INITIALS.sub(lambda found: found.group().replace(".", "") + " ", without_hint(name))
    plain = bare(spelled.replace("#", " number "))
    whole = [part.lower() for part in _PARTS.findall(plain)]
    found = [part.lower() for part in _PARTS.findall(_CAMEL.sub(" ", plain))]
    # DOB or last4 must not fall apart into letters and digits.
    return whole if all(word in meanings() for word in whole) else found


def words_of(name: str) -> tuple[str, ...]:
    """What the words of a column name stand for, without those that stand for nothing."""
    known = meanings()
    found: list[str] = []
    for word in split_name(name):
        pieces = [word] if word in known or len(word) < _LONG else _together(word)
        found += [known.get(piece, piece) for piece in pieces]
    return tuple(word for word in found if word)
