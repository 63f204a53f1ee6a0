"""What people and registrars write into names that is no part of them, as data: titles, degrees, marks, earlier names.

The words stand in name_marks.csv, by kind. A title stands before a given name and a post-nominal after a family name, each only
where a name is left without it: MD alone, or DO, may be a name. Not here: the standard form itself (standard_form.py).
"""

import csv
import re
from importlib import resources
from typing import Final

from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS


def _words() -> dict[str, list[str]]:
    text = resources.files(__package__ or "").joinpath("name_marks.csv").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["kind"], []).append(row["word"])
    return found


_WORDS: Final = _words()

SURNAMES: Final[tuple[str, ...]] = tuple(_WORDS["surname"])
"""Placeholders that are family names, too: as a last name they are taken at their word unless the first name is one as well."""

NO_FAMILY_NAME: Final = tuple(word for word in PLACEHOLDERS if word not in SURNAMES)
"""Words in place of a last name that are nobody's."""


def _any(kind: str) -> str:
    """A pattern of the words of a kind, longest first; full stops, blanks and apostrophes between their letters are passed over."""
    words = sorted(_WORDS[kind], key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"[ .']*") for word in words) + ")"


_SPELLED: Final = r"(?:PH\.? ?D|M\.D|R\.N|L\.P\.N|ED\.D|D\.D\.S)"
_TITLES: Final = rf"(?i)^(?:{_any('title')}\.? +|{_any('title')}\.)+([\pL].*)$"
TITLE_AFTER_COMMA: Final = rf"(?i), *(?:{_any('title')}\.? +|{_any('title')}\.)+"
"""Titles between a last and a first name, as in ``Smith, Dr. Ken``."""
_AFTER: Final = rf"(?i)^(.*[\pL][\pL.'-]*?)(?:,? +|, *)(?:{_SPELLED}|{_any('post_nominal')})\.?$"
_MARKS: Final = rf"(?i)(^|[^\pL'])(?:{_any('mark')})([^\pL]|$)"
_FORMER: Final = rf"(?i)[\pL.'](?: +|,|[ ,]*[(\[])[ ]*(?:{_any('former')})[.:]? +([\pL][\pL .'-]*)"
_FORMER_TAIL: Final = rf"(?i)([\pL.'])(?: +|,|[ ,]*[(\[])[ ]*(?:{_any('former')})[.:]? +[\pL].*$"
_BRACKETED: Final = r"""\([^)]*\)|\[[^\]]*\]|"[^"]*"|\x{201C}[^\x{201D}]*\x{201D}|(?:^| )'[^']+'(?: |$)|(?:^| )\x{2018}[^\x{2019}]+\x{2019}(?: |$)"""
_HOLDS: Final = r'[_*#/()\[\]"\x{201C}\x{2018}]|(?i)\b(?:' + "|".join((_any("mark"), _any("former"))) + r")\b| '[^']+'"
_ZED: Final = r"(?i)^Z{2,}-?([A-Z].*)$"


def holds_marks(expression: str) -> str:
    """Condition: a name may hold something that is no part of it; it keeps the others off the dearer steps."""
    return f"regexp_matches({expression}, {literal(_HOLDS)})"


def without_marks(expression: str) -> str:
    """A name without registrars' marks, without what stands in brackets or quotation marks, and without an earlier name.

    ``Tolliver (DECEASED)`` becomes ``Tolliver``, ``Liz "Beth"`` becomes ``Liz``, ``Smith f/k/a Jones`` becomes ``Smith``. What
    would be left with nothing stays as it is.
    """
    spaced = f"replace({expression}, '_', ' ')"
    bare = f"regexp_replace({spaced}, {literal(_FORMER_TAIL)}, '\\1')"
    bare = f"regexp_replace({bare}, {literal(_BRACKETED)}, ' ', 'g')"
    # Twice, since two marks may share the sign between them.
    for _ in range(2):
        bare = f"regexp_replace({bare}, {literal(_MARKS)}, '\\1 \\2', 'g')"
    return f"CASE WHEN regexp_matches({bare}, '\\pL') THEN trim({bare}, ' ,;-*#') ELSE {expression} END"


def without_title(expression: str) -> str:
    """A given name without the titles before it: ``Dr. Ken`` becomes ``Ken``; ``Dr`` alone stays."""
    return f"regexp_replace({expression}, {literal(_TITLES)}, '\\1')"


def without_post_nominals(expression: str) -> str:
    """A family name without the degrees and ranks after it: ``Smith, R.N.`` becomes ``Smith``; ``Do`` and ``Md`` alone stay."""
    once = f"regexp_replace(trim({expression}, ' .'), {literal(_AFTER)}, '\\1')"
    return f"regexp_replace({once}, {literal(_AFTER)}, '\\1')"


def without_zeds(expression: str) -> str:
    """A family name without the letters by which registrars send a record to the end of a list: ``zzSmith``."""
    return f"regexp_replace({expression}, {literal(_ZED)}, '\\1')"


def former_name(expression: str) -> str:
    """The earlier name that stands beside a family name, as in ``Smith (née Jones)``; empty if there is none."""
    return f"regexp_extract({expression}, {literal(_FORMER)}, 1)"


def is_nobody(first: str, last: str) -> str:
    """Condition on a row: both names are words for nothing, such as TEST TEST or NULL without a first name.

    Args:
        first: SQL text of the first name; empty or NULL if missing.
        last: SQL text of the last name.
    """
    nothing = ", ".join(literal(word) for word in ("", *PLACEHOLDERS))
    either = ", ".join(literal(word) for word in SURNAMES)
    return f"(upper(trim({last})) IN ({either}) AND upper(trim(coalesce({first}, ''))) IN ({nothing}))"
