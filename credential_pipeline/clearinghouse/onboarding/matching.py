"""Which column becomes which canonical field: by what its name says and by what its values look like, each column once.

A name that fits is believed unless the values speak against it; values alone are believed only where nothing else looks
like them. Not here: recipes (recipes.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.fits import alone, fit, might_be_codes, might_be_person
from credential_pipeline.clearinghouse.onboarding.words import CONSENT, FULL_NAME, UNUSED, phrases, weaker, words_of

_LEAST: Final = 0.4
"""Below this, a column is not taken for a field."""
_PARTLY: Final = 0.9
_WEAKER: Final = 0.6
_LESS: Final = 0.5
_HEADS: Final = frozenset({"event", "date", "id", "name", "code", "title", "score", "result", "expiration", "level"})
"""Words that say what kind of thing a column holds: a type of a credential is no credential."""
_SEVERAL: Final = 4
_PREFIXED: Final = 0.6
_AS_GOOD: Final = 0.8
"""From here on a second column would fit a field as well as the first."""
_SUBJECT: Final = "person"
_ADULT_YEARS: Final = 12


@dataclass(frozen=True)
class Matched:
    """What was decided.

    Attributes:
        fields: Canonical field, ``full_name`` or ``consent`` -> its column.
        doubtful: Fields that were found by their values alone.
        runners_up: Field -> other columns whose names would fit it as well.
    """

    fields: Mapping[str, Facts]
    doubtful: tuple[str, ...]
    runners_up: Mapping[str, tuple[str, ...]]


def shared_prefix(names: Sequence[str]) -> str:
    """Letters up to an underscore with which most column names begin, such as ``IC_``; empty if there are none."""
    heads = [name.partition("_")[0] for name in names if "_" in name]
    common = max(set(heads), key=heads.count, default="")
    return f"{common}_" if common and heads.count(common) >= max(_SEVERAL, len(names) * _PREFIXED) else ""


def name_score(words: Sequence[str], field: str) -> float:
    """How well the words of a column name fit a field, 0 to 1."""
    whole = frozenset(words)
    best = _WEAKER if {whole, whole - {_SUBJECT}} & {*weaker().get(field, ())} else 0.0
    for said, worth in ((whole, 1.0), (whole - {_SUBJECT}, 0.98)):
        for phrase in phrases()[field] if said else ():
            if phrase == said:
                best = max(best, worth)
            elif phrase < said:
                headless = not phrase & _HEADS and bool((said - phrase) & _HEADS)
                best = max(best, worth * _PARTLY * len(phrase) / len(said) * (_LESS if headless else 1.0))
    return best


def match(columns: Sequence[Facts]) -> Matched:
    """Decide for all columns of a file.

    Args:
        columns: What is known of them, in the order of the file.
    """
    prefix = shared_prefix([facts.name for facts in columns])
    words = {facts.name: words_of(facts.name.removeprefix(prefix)) for facts in columns}
    secret = {facts.name for facts in columns if "ssn" in words[facts.name] or facts.share("written_ssn") > _LEAST}
    scored = [
        (name_score(words[facts.name], field) * fit(facts, field), -order, -place, field, facts)
        for order, field in enumerate(phrases())
        for place, facts in enumerate(columns)
        if facts.name not in secret or field == "ssn_last4"
    ]
    chosen: dict[str, Facts] = {}
    taken: set[str] = set()
    others: dict[str, list[str]] = {}
    for score, _, _, field, facts in sorted(scored, key=lambda entry: entry[:3], reverse=True):
        if score < _LEAST or facts.name in taken or _said_already(field, chosen):
            continue
        if field in chosen:
            if score >= _AS_GOOD:
                others.setdefault(field, []).append(facts.name)
            continue
        taken.add(facts.name)
        if field != UNUSED:
            chosen[field] = facts
    # A Social Security number is nobody's id here: the last four digits, or nothing.
    free = [
        facts
        for facts in columns
        if facts.name not in taken | secret and not (others and _is_among(facts.name, others))
    ]
    found = _by_values(free, chosen)
    ids = [
        facts for facts in free if "id" in words[facts.name] and facts not in found.values() and might_be_person(facts)
    ]
    if "person_ref" not in chosen and len(ids) == 1:
        found["person_ref"] = ids[0]
    return Matched({**chosen, **found}, tuple(found), {field: tuple(names) for field, names in others.items()})


def _is_among(name: str, others: Mapping[str, Sequence[str]]) -> bool:
    return any(name in names for names in others.values())


def _said_already(field: str, chosen: Mapping[str, Facts]) -> bool:
    """Whether another field says the same: a name in one column or in two, an opt-out or a consent."""
    if field == FULL_NAME:
        return "last_name" in chosen
    if field in ("first_name", "last_name") and FULL_NAME in chosen:
        return True
    return {"block_flag": CONSENT, CONSENT: "block_flag"}.get(field) in chosen


def _by_values(free: Sequence[Facts], chosen: Mapping[str, Facts]) -> dict[str, Facts]:
    """Fields whose values look like nothing else, for columns whose names say nothing."""
    found: dict[str, Facts] = {}
    looks = {facts.name: alone(facts) for facts in free}
    for field in {field: None for fields in looks.values() for field in fields}:
        fitting = [facts for facts in free if field in looks[facts.name] and facts not in found.values()]
        if field not in chosen and len(fitting) == 1:
            found[field] = fitting[0]
    codes = [facts for facts in free if facts not in found.values() and might_be_codes(facts)]
    if not {"credential_code", "credential_title"} & chosen.keys() and len(codes) == 1:
        found["credential_code"] = codes[0]
    return found | _dates_by_values([facts for facts in free if facts not in found.values() and facts.dated], chosen)


def _dates_by_values(free: Sequence[Facts], chosen: Mapping[str, Facts]) -> dict[str, Facts]:
    """Birth lies a childhood before the event; the event is what is left where one column is left."""
    found: dict[str, Facts] = {}
    dated = sorted(free, key=lambda facts: facts.dated.middle.toordinal() if facts.dated else 0)
    known = chosen.get("event_date")
    latest = known or (dated[-1] if dated else None)
    if "birth_date" not in chosen and dated and latest is not None and latest.dated and dated[0] is not latest:
        oldest = dated[0].dated
        if oldest and latest.dated.middle.year - oldest.middle.year >= _ADULT_YEARS:
            found["birth_date"] = dated[0]
    rest = [facts for facts in dated if facts not in found.values()]
    if known is None and len(rest) == 1:
        found["event_date"] = rest[0]
    return found
