"""What the values of one column look like: shares of shapes, how many differ, dates. Values themselves stay here.

Not here: what the column's name says (words.py) and what the column becomes (matching.py).
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from credential_pipeline.clearinghouse.onboarding.dates import Dated, has_serials, has_short_years, read_dates
from credential_pipeline.clearinghouse.onboarding.hints import Hint, layout_hint
from credential_pipeline.clearinghouse.onboarding.words import code_word, codes, outcome_words, placeholders
from credential_pipeline.foundation.registry.agreements import STATES

_SHAPES: Final = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}"),
    "phone": re.compile(r"(\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]?\d{4}( ?(x|ext\.?) ?\d+)?"),
    "zip": re.compile(r"\d{5}(-?\d{4})?|\d{4}"),
    "digits4": re.compile(r"\d{4}|\d{1,3}"),
    "masked4": re.compile(r"[Xx*]{3}-?[Xx*]{2}-?\d{4}"),
    "ssn": re.compile(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "written_ssn": re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}"),
    "opeid": re.compile(r"\d{6}(\d{2})?"),
    "number": re.compile(r"-?\d+([.,]\d+)?%?"),
    "code": re.compile(r"[A-Za-z0-9][A-Za-z0-9+._/-]{0,19}"),
    "id": re.compile(r"[A-Za-z]{0,6}[-_ ]?[A-Za-z0-9{}-]*\d[A-Za-z0-9{}-]*"),
    "name": re.compile(r"[^\W\d_][^\d@/\\|;:_]*"),
    "words": re.compile(r"(?=.*[^\W\d_]).*\S\s+\S.*"),
    "comma": re.compile(r"[^\d,]+,\s*[^\d,]+(,[^\d,]*)?"),
}
_MOST_VALUES: Final = 3000
_NEARLY: Final = 0.98
_FEW: Final = 0.34
_STATES_FILE: Final = Path(__file__).parents[2] / "foundation" / "reference" / "states.csv"
_NICKNAMES: Final = Path(__file__).parents[2] / "engines" / "linkage" / "nicknames.csv"


@cache
def state_names() -> dict[str, str]:
    """Name of a state in small letters -> its postal code."""
    with _STATES_FILE.open(encoding="utf-8", newline="") as file:
        return {row["label"].lower(): row["state"] for row in csv.DictReader(file)}


@cache
def given_names() -> frozenset[str]:
    """Given names in capitals, by which a column of first names is told from one of last names."""
    with _NICKNAMES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return frozenset({row["formal"] for row in rows} | {word for row in rows for word in row["variants"].split()})


@dataclass(frozen=True)
class Facts:
    """One column of a file.

    Attributes:
        name: As the header writes it.
        rows: Number of rows looked at.
        filled: How many of them hold something.
        counts: Different filled values, trimmed, with their number, the most frequent first.
        shapes: Share of the different values that have a shape.
        dated: Layout and span if they are dates.
        short_years: They are dates with two-digit years.
        serials: They are numbers such as a spreadsheet keeps for days.
        hint: The layout of dates that its name tells.
    """

    name: str
    rows: int
    filled: int
    counts: dict[str, int]
    shapes: dict[str, float]
    dated: Dated | None
    short_years: bool
    serials: bool
    hint: Hint | None = None

    @property
    def distinct(self) -> int:
        """Number of different values."""
        return len(self.counts)

    @property
    def unique(self) -> bool:
        """Whether rows have values of their own, but for a few that repeat another row or lost theirs."""
        return self.rows > 1 and self.filled >= self.rows * _NEARLY and self.distinct >= self.filled * _NEARLY

    @property
    def few(self) -> bool:
        """Whether values repeat so often that they are codes rather than facts about one person each."""
        return 0 < self.distinct <= max(2, min(500, self.filled * _FEW))

    def share(self, shape: str) -> float:
        """Share of the different values that have a shape."""
        return self.shapes.get(shape, 0.0)

    def known(self, kind: str) -> float:
        """Share of the rows with a word that the kind of code knows; one kind is ``outcome``, whatever happened or has yet to."""
        words = outcome_words() if kind == "outcome" else codes(kind).keys()
        rows = sum(count for value, count in self.counts.items() if code_word(value) in words)
        return rows / self.filled if self.filled else 0.0


def _shapes(values: Sequence[str]) -> dict[str, float]:
    if not values:
        return {}
    found = {
        name: sum(bool(shape.fullmatch(value)) for value in values) / len(values) for name, shape in _SHAPES.items()
    }
    found["state"] = sum(value.upper() in STATES for value in values) / len(values)
    found["state_name"] = sum(value.lower() in state_names() for value in values) / len(values)
    words = [value.split() for value in values]
    known = given_names()
    found["given"] = sum(bool(one) and one[0].upper().strip(".,") in known for one in words) / len(values)
    found["given_end"] = sum(bool(one) and one[-1].upper().strip(".,") in known for one in words) / len(values)
    found["length"] = sum(map(len, values)) / len(values)
    return found


def look(name: str, values: Sequence[str]) -> Facts:
    """Look at one column.

    Args:
        name: Its name.
        values: Its values in the order of the rows.
    """
    empty = placeholders()
    trimmed = [value.strip() for value in values]
    counted = Counter(value for value in trimmed if value and value.lower() not in empty)
    ordered = dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))
    some = list(ordered)[:_MOST_VALUES]
    hint = layout_hint(name)
    return Facts(
        name=name,
        rows=len(values),
        filled=sum(counted.values()),
        counts=ordered,
        shapes=_shapes(some),
        dated=read_dates(some),
        short_years=has_short_years(some, six_digits=hint is not None and not hint.layout),
        serials=has_serials(some),
        hint=hint,
    )
