"""How well the values of a column fit a canonical field, 0 to 1. Not here: what its name says (matching.py)."""

from collections.abc import Callable, Mapping
from typing import Final

from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.words import CONSENT, FULL_NAME, UNUSED

YES, RATHER, PERHAPS, HARDLY, NO = 1.0, 0.8, 0.6, 0.3, 0.0
NEARLY_ALL: Final = 0.95
MOST: Final = 0.8
HALF: Final = 0.5
SOME: Final = 0.3
DATES: Final = ("birth_date", "event_date", "expiration_date")
_MARKS: Final = 8
"""Different values that a column of marks such as Y and N has at most."""
_WORDS: Final = 25
"""Different values that a column of coded words has at most."""
_CATALOGUE: Final = 60
"""Different values that a column of credentials may have in a file however small."""
_TWO: Final = 2
"""Different values that may be marks, as MA and MS are, though states are written so."""
_SHORT: Final = 6
_CODE_LENGTH: Final = 12
_TOO_FEW_ROWS: Final = 7


def _names(facts: Facts) -> float:
    return YES if facts.share("name") > MOST else NO


def _one_name(facts: Facts) -> float:
    return _names(facts) * (HALF if facts.share("comma") > MOST else YES)


def _full_name(facts: Facts) -> float:
    return YES if facts.share("name") > MOST and max(facts.share("words"), facts.share("comma")) > MOST else NO


def _person(facts: Facts) -> float:
    if facts.share("id") > MOST or facts.share("number") > MOST:
        return YES
    return NO if facts.share("words") > HALF else PERHAPS


def _record(facts: Facts) -> float:
    return YES if facts.unique and max(facts.share("id"), facts.share("code")) > HALF else NO


def _repeats(facts: Facts) -> bool:
    return facts.few or facts.distinct <= _CATALOGUE


def _code(facts: Facts) -> float:
    if (facts.unique and facts.rows > _TOO_FEW_ROWS) or not _repeats(facts):
        return HARDLY / 2
    if facts.known("outcome") > MOST:
        return HARDLY
    return YES if facts.share("length") <= _CODE_LENGTH and facts.share("words") < HALF else HALF


def _title(facts: Facts) -> float:
    if not _repeats(facts):
        return HARDLY / 2
    long = facts.share("length") > _SHORT and facts.share("number") < HALF and facts.share("words") > SOME
    return YES if long else PERHAPS


def _last4(facts: Facts) -> float:
    return YES if max(facts.share("digits4"), facts.share("masked4"), facts.share("ssn")) > MOST else NO


def _result(facts: Facts) -> float:
    """Also codes that nobody knows, such as 01 and 02: what they mean is asked."""
    return _outcome(facts) or (
        PERHAPS if facts.few and 1 < facts.distinct <= _MARKS and facts.share("length") < _SHORT else NO
    )


def _outcome(facts: Facts) -> float:
    known = facts.known("outcome")
    return YES if known > MOST else RATHER if known > HALF and facts.few and facts.distinct <= _WORDS else NO


def _setting(facts: Facts) -> float:
    if not facts.few or facts.distinct > _WORDS:
        return NO
    return YES if facts.known("training_setting") > MOST else PERHAPS


def _place(facts: Facts) -> float:
    return YES if max(facts.share("state"), facts.share("state_name")) > HALF else NO


def _school(facts: Facts) -> float:
    return YES if facts.share("words") > SOME and facts.share("number") < HALF else HARDLY / 2


def _mark(facts: Facts) -> float:
    return YES if facts.distinct <= _MARKS else NO


def _shaped(shape: str, least: float, otherwise: float = NO) -> Callable[[Facts], float]:
    return lambda facts: YES if facts.share(shape) > least else otherwise


_FITS: Final[Mapping[str, Callable[[Facts], float]]] = {
    "record_id": _record,
    "person_ref": _person,
    "first_name": _one_name,
    "middle_name": _shaped("name", HALF),
    "last_name": _one_name,
    "previous_last_name": _names,
    FULL_NAME: _full_name,
    "name_suffix": lambda facts: YES if facts.share("length") < _SHORT else NO,
    "sex": lambda facts: YES if facts.known("sex") > HALF and facts.distinct <= _MARKS else NO,
    "ssn_last4": _last4,
    "email": _shaped("email", MOST),
    "phone": _shaped("phone", HALF),
    "street": lambda facts: YES if facts.share("length") > _SHORT else HARDLY,
    "city": _shaped("name", HALF),
    "state": _place,
    "zip": _shaped("zip", HALF, HARDLY),
    "credential_code": _code,
    "credential_title": _title,
    "event": _outcome,
    "result": _result,
    "training_provider": _school,
    "provider_opeid": _shaped("opeid", HALF),
    "training_setting": _setting,
    "block_flag": _mark,
    CONSENT: _mark,
}


def fit(facts: Facts, field: str) -> float:
    """How well the values fit a field; an empty column speaks neither for nor against."""
    if not facts.filled:
        return RATHER
    if field in DATES:
        return YES if facts.dated else RATHER if facts.short_years or (facts.serials and facts.distinct > 1) else NO
    if facts.dated and field not in (UNUSED, "record_id") and facts.share("number") < MOST:
        return NO
    return _FITS[field](facts) if field in _FITS else YES


_ALONE: Final[Mapping[str, Callable[[Facts], bool]]] = {
    "email": lambda facts: facts.share("email") > MOST,
    "phone": lambda facts: facts.share("phone") > MOST and facts.share("length") > _CODE_LENGTH - 2,
    "sex": lambda facts: facts.known("sex") > NEARLY_ALL and facts.share("number") == 0 and 1 < facts.distinct < _MARKS,
    "state": lambda facts: facts.share("state") > NEARLY_ALL and facts.distinct > _TWO,
    "result": lambda facts: (
        facts.known("outcome") > NEARLY_ALL > facts.known("flag")
        and facts.share("length") > 1 < facts.distinct <= _MARKS
    ),
    "record_id": lambda facts: (
        facts.unique and facts.rows > _WORDS and facts.share("id") > NEARLY_ALL and not facts.dated
    ),
}
"""Fields whose values look like nothing else."""


def alone(facts: Facts) -> list[str]:
    """Fields that the values of a column would be believed to be, whatever it is called."""
    return [field for field, sign in _ALONE.items() if sign(facts)]


def might_be_person(facts: Facts) -> bool:
    """Whether the values could be ids of people: each of them a few times at most."""
    return not facts.few and max(facts.share("id"), facts.share("number")) > NEARLY_ALL and not facts.dated


def might_be_codes(facts: Facts) -> bool:
    """Whether the values repeat as codes of credentials do, and are nothing else that is known."""
    known = max(facts.known(kind) for kind in ("outcome", "sex", "flag", "wish", "training_setting"))
    return facts.few and facts.distinct > 1 and not facts.dated and facts.share("code") > NEARLY_ALL and known < HALF
