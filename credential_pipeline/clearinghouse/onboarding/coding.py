"""Coded columns: which word of the file means which event, result, setting, sex or wish to share nothing.

A word is told to people only if it is known here, or so frequent and so plain that it can be nobody's name.
"""

import re
from collections.abc import Mapping
from typing import Final

from credential_pipeline.clearinghouse.onboarding.facts import Facts, given_names, state_names
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.words import code_word, codes, no_event
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import plural

Entry = dict[str, object]
"""One column as the YAML writes it."""

UNDECIDED: Final = "?"
"""Stands in the YAML where a person must decide; ``registry check`` refuses it."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9]{1,3}|[A-Za-z][A-Za-z0-9 _/()+-]{0,29}")
_FREQUENT: Final = 5
_MOST: Final = 25
_REST: Final = "*"


def shown(facts: Facts, words: list[str]) -> str:
    """Words of a coded column as a message may tell them, the others by their number."""
    plain = [word for word in words if _is_plain(word, facts)]
    hidden = len(words) - len(plain)
    told = ", ".join(f"'{word}'" for word in plain)
    more = f"{plural(hidden, 'word')} not shown" if hidden else ""
    return " and ".join(part for part in (told, more) if part)


def _is_plain(word: str, facts: Facts) -> bool:
    if code_word(word) in no_event():
        return True
    named = {part.upper() for part in re.findall(r"[A-Za-z]+", word)} & given_names()
    often = facts.counts.get(word, 0) >= _FREQUENT and facts.few and facts.distinct <= _MOST
    return often and bool(_PLAIN.fullmatch(word)) and not named


def outcome(word: str) -> tuple[str, str]:
    """Event and result that a word means; empty where it says nothing of it."""
    small = code_word(word)
    result = codes("result").get(small, "")
    if result:
        return ("award" if result == "pass" else "attempt"), result
    return codes("event").get(small, ""), ""


def _entry(facts: Facts, words: Mapping[str, str | None]) -> Entry:
    return {"from": facts.name, "recipe": [{"map": words}]}


def outcomes(event: Facts | None, result: Facts | None, notes: Notes) -> dict[str, Entry]:
    """The fields ``event`` and ``result`` out of the columns that were found for them.

    Args:
        event: Column of events, if there is one.
        result: Column of results or of a status, if there is one.
        notes: Takes what is open.
    """
    said: dict[str, Entry] = {}
    if event is None and result is None:
        notes.ask(
            "event", "No column says what happened; every row counts as an award. Does the file hold awards only?"
        )
        return {"event": {"value": "award"}}
    if event is None and result is not None and not any(any(outcome(word)) for word in result.counts):
        return _unknown(result, notes)
    for facts in (one for one in (event, result) if one is not None):
        meant = {word: outcome(word) for word in facts.counts}
        if "event" not in said and any(first for first, _ in meant.values()):
            said["event"] = _entry(facts, {word: first for word, (first, _) in meant.items() if first})
            if {first for first, _ in meant.values()} & {"attempt"} and any(second for _, second in meant.values()):
                notes.ask("event", f"Is every pass in '{facts.name}' an award, or only a passed part of one?")
            _ask_states(facts, notes)
        if any(second for _, second in meant.values()):
            # Words of an event alone, in a column of both, say nothing of the result, and are said to.
            both = said.get("event", {}).get("from") == facts.name
            told = {word: second or None for word, (first, second) in meant.items() if second or (first and both)}
            said["result"] = _entry(facts, told)
        _ask_unknown(facts, [word for word, (first, _) in meant.items() if not first], notes)
    return said


def is_undecided(entry: Entry) -> bool:
    """Whether a column's words are still to be decided."""
    recipe = entry.get("recipe")
    steps = [step for step in recipe if isinstance(step, dict)] if isinstance(recipe, list) else []
    return any(UNDECIDED in step.get("map", {}).values() for step in steps)


def _unknown(facts: Facts, notes: Notes) -> dict[str, Entry]:
    """Event and result where no word of the column is known: each is written down, if it may be, to be decided."""
    plain = [word for word in facts.counts if _is_plain(word, facts)]
    if len(plain) < facts.distinct:
        notes.ask(
            "event",
            f"Nobody knows what {shown(facts, list(facts.counts))} in '{facts.name}' mean; every row counts as an award.",
        )
        return {"event": {"value": "award"}}
    text = f"What do {shown(facts, plain)} in '{facts.name}' mean? Write attempt, award, renewal or revocation"
    notes.ask("event", f'{text} in place of "?", and pass or fail.', blocks=True)
    return {field: _entry(facts, dict.fromkeys(plain, UNDECIDED)) for field in ("event", "result")}


def _ask_states(facts: Facts, notes: Notes) -> None:
    lapsed = [word for word in facts.counts if word.lower() in ("expired", "inactive", "lapsed")]
    if lapsed:
        notes.ask(
            "event",
            f"'{facts.name}' tells how a credential stands today ({shown(facts, lapsed)} count as awards). Right?",
        )


def _ask_unknown(facts: Facts, words: list[str], notes: Notes) -> None:
    waiting = [word for word in words if code_word(word) in no_event()]
    unknown = [word for word in words if word not in waiting]
    if waiting:
        rows = sum(facts.counts[word] for word in waiting)
        text = f"{plural(rows, 'row')} with {shown(facts, waiting)} in '{facts.name}' tell of no event yet: set aside. Right?"
        notes.ask("event", text)
    if unknown:
        rows = sum(facts.counts[word] for word in unknown)
        notes.ask(
            "event",
            f"What do {shown(facts, unknown)} in '{facts.name}' mean ({plural(rows, 'row')})? Add them to the map.",
        )


def known_words(facts: Facts, kind: str, notes: Notes, rest: str = "") -> Entry:
    """A column of one kind of code; ``rest`` is what every other word means, if that may be said.

    Args:
        facts: The column.
        kind: ``sex`` or ``training_setting``.
        notes: Takes what is open.
        rest: Meaning of words that are not known.
    """
    words = {word: codes(kind)[code_word(word)] for word in facts.counts if code_word(word) in codes(kind)}
    unknown = [word for word in facts.counts if word not in words]
    if unknown:
        becomes = f"They count as {rest}." if rest else "They count as missing."
        notes.ask(kind, f"What do {shown(facts, unknown)} in '{facts.name}' mean? {becomes}")
    return _entry(facts, words | ({_REST: rest} if rest else {}))


def block_flag(facts: Facts, notes: Notes, *, consents: bool) -> Entry:
    """A mark that says "do not share", or one that says that sharing is allowed, whose words mean the opposite.

    Args:
        facts: The column.
        notes: Takes what is open.
        consents: The column says that sharing is allowed.
    """
    turned = {"Y": "N", "N": "Y"} if consents else {"Y": "Y", "N": "N"}
    # "Opted out" is a wish by itself, also in a column of consents.
    meant = {word: turned[to] for word, to in codes("flag").items()} | codes("wish")
    words = {word: meant[code_word(word)] for word in facts.counts if code_word(word) in meant}
    blank = {"": "Y"} if consents else {}
    notes.ask(
        "block_flag",
        f"Does '{facts.name}' say {'that a record may be shared' if consents else 'that a record must not be shared'}? "
        f"Words that are not listed{' and blanks' if consents else ''} block.",
    )
    return _entry(
        facts, blank | (words or ({"Yes": "N", "No": "Y"} if consents else {"Y": "Y", "N": "N"})) | {_REST: "Y"}
    )


def state(facts: Facts) -> Entry:
    """Two capitals, or names of states put into them."""
    if facts.share("state") > 1 / 2 or not facts.filled:
        return {"from": facts.name, "recipe": ["trim", "upper"]}
    names = {word: state_names()[word.lower()] for word in sorted(facts.counts) if word.lower() in state_names()}
    return _entry(facts, names) if names else {"from": facts.name, "recipe": ["trim", "upper"]}
