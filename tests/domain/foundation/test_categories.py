"""The words of race, ethnicity and level of a degree: listed spellings in any case, and no guess."""

import pytest

from credential_pipeline.foundation.categories import NOT_KNOWN, SPELLINGS, is_strange, plain, word_of
from credential_pipeline.foundation.storage.engine import connect
from credential_pipeline.public.published_outcomes.labels import BUILT_IN

READERS = {"race": "race", "ethnicity": "ethnicity", "degree_level": "setting"}


def read(kind: str, *written: str) -> dict[str, tuple[str | None, bool]]:
    """Text -> its word, and whether nobody knows it."""
    with connect(threads=1) as con:
        rows = con.execute(
            f"SELECT text, {word_of(kind)('text')}, {is_strange(kind)('text')} FROM (SELECT unnest($1) AS text)",
            [list(written)],
        ).fetchall()
    return {text: (word, strange) for text, word, strange in rows}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_spelling_is_read_in_any_case(kind: str) -> None:
    spelled = SPELLINGS[kind]
    assert {one: plain(one) for one in spelled} == {one: one for one in spelled}
    found = read(kind, *spelled, *(one.title().replace(" ", "-") + " " for one in spelled))
    assert {plain(text): word for text, (word, _) in found.items()} == dict(spelled)
    assert not any(strange for _, strange in found.values())


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_word_is_read_as_itself_and_has_a_name_for_readers(kind: str) -> None:
    words = set(SPELLINGS[kind].values())
    assert read(kind, *words) == {word: (word, False) for word in words}
    assert words <= set(BUILT_IN[READERS[kind]])


@pytest.mark.parametrize("kind", SPELLINGS)
def test_what_says_that_nothing_is_known_is_no_unknown_word(kind: str) -> None:
    found = read(kind, *NOT_KNOWN, "N/A", "Unknown", "NOT REPORTED", "-")
    assert set(found.values()) == {(None, False)}


@pytest.mark.parametrize(
    ("kind", "written", "word"),
    [
        ("race", "White", "white"), ("race", "WHITE ALONE", "white"), ("race", "Black or African-American", "black"),
        ("race", "American Indian / Alaska Native", "american_indian"), ("race", "2", None), ("race", "W", None),
        ("race", "Nonresident Alien", None), ("race", "white;black", None), ("race", "A1", None),
        ("ethnicity", "Non-Hispanic", "not_hispanic"), ("ethnicity", "Y", None), ("ethnicity", "1", None),
        ("degree_level", "Bachelor's Degree", "bachelor"), ("degree_level", "Master\u2019s", "master"),
        ("degree_level", "05", None), ("degree_level", "BA", None),
    ],
)  # fmt: skip
def test_nothing_is_guessed(kind: str, written: str, word: str | None) -> None:
    assert read(kind, written) == {written: (word, word is None)}
