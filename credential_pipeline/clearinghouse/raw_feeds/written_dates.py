"""Forms in which senders write dates that the agreed layout does not read: each is told by its name, and none is guessed.

Not here: reading by the agreed layout (foundation/recipes/dates.py).
"""

import re

from credential_pipeline.foundation.recipes.dates import parse_date
from credential_pipeline.foundation.recipes.language import ISO_DATE
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.registry.feeds import Certifier

HAS_TIME, SPREADSHEET, TWO_DIGITS = "HAS_TIME", "SPREADSHEET_NUMBER", "TWO_DIGIT_YEAR"
DAY_FIRST, MONTH_FIRST = "DAY_FIRST", "MONTH_FIRST"
_WORD = r"(?:\d{1,2}|[A-Za-z]{3,9}\.?)"
SERIAL = r"^\s*[1-5][0-9]{4}(\.[0-9]+)?\s*$"
"""A spreadsheet counts days since 1900: five digits are a day between 1927 and 2064; what is above is no date that anybody sends."""
_PATTERNS = {
    HAS_TIME: r"\d[ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*([A-Za-z]{1,5}|[+-]\d{2}:?\d{2})?\s*$",
    SPREADSHEET: SERIAL,
    TWO_DIGITS: rf"^\s*{_WORD}[-/. ]{_WORD}[-/. ]\d{{2}}\s*$",
}
"""Form -> how it looks."""


def layout_of(certifier: Certifier, field: str) -> str | None:
    """The agreed layout of a date; None if the field does not come from a column."""
    column = certifier.columns.get(field)
    if column is None or column.source is None:
        return None
    return next((str(step.argument) for step in column.recipe if step.name == "parse_date"), ISO_DATE)


def swapped(layout: str) -> str | None:
    """The layout with day and month the other way round; None if the month is a word, so that nobody can mistake it."""
    if "%m" not in layout:
        return None
    return re.sub("%[md]", lambda found: "%d" if found[0] == "%m" else "%m", layout)


def forms(layout: str, written: str) -> dict[str, str]:
    """Form -> condition on a text that the layout does not read, in the order in which they are looked for.

    Args:
        layout: The agreed layout.
        written: SQL of the text.
    """
    other = swapped(layout)
    found = {}
    if other is not None:
        first = DAY_FIRST if layout.index("%m") < layout.index("%d") else MONTH_FIRST
        found[first] = f"{parse_date(written, other)} IS NOT NULL"
    return found | {form: f"regexp_matches({written}, {literal(pattern)})" for form, pattern in _PATTERNS.items()}
