"""Which layout a column of dates has: what its values prove, and what they leave open.

Month before day or day before month is proved by a day above 12, and by nothing else. Not here: reading dates (recipes).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import Final

from credential_pipeline.clearinghouse.raw_feeds.written_dates import SERIAL
from credential_pipeline.foundation.recipes.dates import PLACEHOLDER_DATES, date_pattern

_DAYS: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%m.%d.%Y", "%m%d%Y", "%d%m%Y"),
    *("%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%d%b%Y", "%b %d, %Y", "%b %d %Y", "%b-%d-%Y"),
    *("%d-%B-%Y", "%d %B %Y", "%B %d, %Y", "%B %d %Y"),
)
_TIMES: Final = (
    "",
    " %H:%M",
    " %H:%M:%S",
    "T%H:%M:%S",
    "T%H:%M:%SZ",
    " %H:%M:%S GMT",
    " %H:%M:%S UTC",
    " %I:%M %p",
    " %I:%M:%S %p",
)
LAYOUTS: Final = tuple(f"{day}{time}" for time, day in product(_TIMES, _DAYS))
_SHORT_YEAR: Final = re.compile(
    r"^\s*(\d{1,2}[/. -]\d{1,2}[/. -]\d{2}|\d{1,2}[/ -]?[A-Za-z]{3,9}[/ -]?\d{2}|[A-Za-z]{3,9}[ -]\d{1,2},?[ -]\d{2})(\s+\d{1,2}:\d{2}.*)?\s*$"
)
_SIX_DIGITS: Final = re.compile(r"^\s*\d{5,6}\s*$")
_SERIAL: Final = re.compile(SERIAL)
_ENOUGH: Final = 0.9
_NO_DATES: Final = ("00/00/0000", "0000-00-00", "00000000", "00.00.0000")


@dataclass(frozen=True)
class Dated:
    """What is known of a column of dates.

    Attributes:
        layout: The strptime layout that reads it; of several that do, the first.
        others: Layouts that read it as well and would read other days.
        share: Share of the filled values that the layout reads.
        first: Earliest day that it gives, placeholders such as 1900-01-01 left out.
        last: Latest day.
        middle: The day in the middle.
        timed: The values hold a time of day that is not always midnight.
    """

    layout: str
    others: tuple[str, ...]
    share: float
    first: date
    last: date
    middle: date
    timed: bool


def _read(value: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(value.strip(), layout)  # noqa: DTZ007 # a day has no zone
    except ValueError:
        return None


def _days(values: Iterable[str], layout: str) -> list[datetime]:
    shape = re.compile(rf"\s*(?:{date_pattern(layout)})\s*")
    return [found for value in values if shape.fullmatch(value) and (found := _read(value, layout)) is not None]


def _candidates(values: Sequence[str]) -> list[str]:
    """Layouts that read the first few values at all, so that the others need not be tried on all."""
    few = values[:40]
    return [layout for layout in LAYOUTS if len(_days(few, layout)) >= len(few) / 2]


def read_dates(values: Sequence[str]) -> Dated | None:
    """Find the layout of a column; None if it holds no dates with four-digit years.

    Args:
        values: Its different filled values.
    """
    filled = [value for value in values if value.strip() not in _NO_DATES]
    if not filled:
        return None
    # Only what holds digits can be a date: a column of text is not tried two hundred times.
    if sum(any(sign.isdigit() for sign in value) for value in filled) < len(filled) * _ENOUGH:
        return None
    read = {
        layout: days for layout in _candidates(filled) if len(days := _days(filled, layout)) >= len(filled) * _ENOUGH
    }
    if not read:
        return None
    best = max(len(days) for days in read.values())
    # A few typing errors do not make the other order possible: what reads fewest has a month above 12 too often.
    equal = [layout for layout, days in read.items() if len(days) == best]
    chosen = equal[0]
    days = sorted(found for found in read[chosen] if found.date().isoformat() not in PLACEHOLDER_DATES) or sorted(
        read[chosen]
    )
    others = tuple(layout for layout in equal[1:] if sorted(read[layout]) != sorted(read[chosen]))
    timed = any((found.hour, found.minute, found.second) != (0, 0, 0) for found in days)
    middle = days[len(days) // 2].date()
    return Dated(chosen, others, best / len(filled), days[0].date(), days[-1].date(), middle, timed)


def has_short_years(values: Sequence[str], *, six_digits: bool = False) -> bool:
    """Whether a column holds dates with two-digit years.

    Args:
        values: Its different filled values.
        six_digits: Its name says that 031490 is one of them.
    """
    shapes = (_SHORT_YEAR, _SIX_DIGITS) if six_digits else (_SHORT_YEAR,)
    return bool(values) and sum(any(one.match(value) for one in shapes) for value in values) >= len(values) * _ENOUGH


def short_year_rows(counts: Mapping[str, int]) -> int:
    """Rows of a column with a two-digit year, of values with their number."""
    return sum(rows for value, rows in counts.items() if _SHORT_YEAR.match(value))


def has_serials(values: Sequence[str]) -> bool:
    """Whether a column holds five-digit numbers such as a spreadsheet keeps for days, mostly of the last hundred years."""
    return bool(values) and sum(bool(_SERIAL.match(value)) for value in values) >= len(values) * _ENOUGH
