"""Steps that read dates. A date is never guessed: two-digit years and implausible years become NULL.

DuckDB's strptime accepts '65' for %Y as the year 65, so each layout is also turned into a pattern that demands digits.
"""

import re
from typing import Final

from credential_pipeline.foundation.recipes.sql import literal, once

PLACEHOLDER_DATES: Final = ("1900-01-01", "1901-01-01", "1911-11-11", "2099-12-31")
"""Days that systems write for 'not known': epochs, repeated digits, the end of time."""

DIRECTIVES: Final = {
    "%Y": r"(?:19|20)\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]{3,9}",
    "%H": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%p": r"[AaPp][Mm]",
    "%I": r"\d{1,2}",
}


_MIDNIGHT: Final = r"(?:[ T]\s*(?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00(?:\.0+)?)?\s*[Aa][Mm]))?"
"""A time that says no more than the day: systems put it behind dates. A zone behind it would say more."""


def date_pattern(layout: str) -> str:
    """Turn a strptime layout into a pattern that demands its digits and a year from 1900 to 2099.

    Raises:
        ValueError: A directive is not allowed, or year, month or day is missing.
    """
    parts = re.findall(r"%.?|[^%]+", layout)
    for part in parts:
        if part.startswith("%") and part not in DIRECTIVES:
            message = f"parse_date: allowed directives: {' '.join(DIRECTIVES)} (two-digit years are never guessed)"
            raise ValueError(message)
    if "%Y" not in parts or "%d" not in parts or not {"%m", "%b", "%B"} & set(parts):
        message = "parse_date: the layout needs %Y, %d and one of %m %b %B"
        raise ValueError(message)
    compact = all(part.startswith("%") for part in parts)
    fixed = {"%m": r"\d{2}", "%d": r"\d{2}"} if compact else {}
    return "".join(fixed.get(part, DIRECTIVES.get(part, re.escape(part))) for part in parts)


def parse_date(expression: str, layout: str) -> str:
    """Read a date by a strptime layout; NULL if the text has another shape or the year is outside 1900 to 2099.

    A time of midnight behind a layout without a time is no time. Month names may be in any case. The step gives a DATE, the steps after it work on a DATE.
    """
    midnight = "" if re.search("%[HIMSp]", layout) else _MIDNIGHT
    pattern = rf"^\s*({date_pattern(layout)}){midnight}\s*$"
    shaped = f"regexp_extract({expression}, {literal(pattern)}, 1)"
    # A text that strptime refuses costs it five times as much as a NULL.
    return once(shaped, lambda it: f"CASE WHEN {it} <> '' THEN CAST(try_strptime({it}, {literal(layout)}) AS DATE) END")


def null_placeholder_dates(expression: str) -> str:
    """NULL for the days that mean 'not known', such as 1900-01-01. Comes after ``parse_date``."""
    days = ", ".join(f"DATE '{day}'" for day in PLACEHOLDER_DATES)
    return once(expression, lambda it: f"CASE WHEN {it} NOT IN ({days}) THEN {it} END")
