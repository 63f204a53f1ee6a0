"""Steps that take a person's name apart: layouts of one-column names and suffixes. Empty text means missing.

Not here: the common form of names (credential_pipeline/foundation/standard_form.py), which is applied after every recipe.
"""

from typing import Final

from credential_pipeline.foundation.recipes import name_marks
from credential_pipeline.foundation.recipes.sql import literal

LAYOUTS: Final = ("Last, First Middle", "First Middle Last", "Last First Middle")
PARTS: Final = ("first", "middle", "last", "suffix")
_SUFFIX: Final = r"(?i)[ ,]+(JR|SR|II|III|IV|2ND|3RD|4TH)\.?( *,|$)"
"""A suffix at the end of a part of a name. V is left out: it is a middle initial far more often."""

_PARTICLES: Final = r"(?:(?i:van|von|de|del|der|den|da|di|la|le|los|las|st\.?|bin|al|el) )*"
_FAMILY: Final = rf"(?:^| ){_PARTICLES}\S+$"
_PATTERNS: Final = {
    "Last, First Middle": {"last": r"^([^,]*)", "first": r", *(\S+)", "middle": r", *\S+ +(.+)$"},
    "First Middle Last": {
        "first": r"^(\S+) ",
        "last": rf"^\S+ (?:.*? )??({_PARTICLES}\S+)$",
    },
    "Last First Middle": {"last": r"^(\S+)", "first": r"^\S+ (\S+)", "middle": r"^\S+ \S+ (.+)$"},
}


def _squeezed(expression: str) -> str:
    return f"trim(regexp_replace({expression}, '\\s+', ' ', 'g'))"


def _unadorned(full: str, layout: str) -> str:
    """A full name without titles and degrees, and, where it has no comma to keep them apart, without marks."""
    if layout == "Last, First Middle":
        return f"regexp_replace({full}, {literal(name_marks.TITLE_AFTER_COMMA)}, ', ')"
    marked = f"CASE WHEN {name_marks.holds_marks(full)} THEN {name_marks.without_marks(full)} ELSE {full} END"
    return name_marks.without_post_nominals(name_marks.without_title(f"({marked})"))


def name_part(expression: str, layout: str, part: str) -> str:
    """Take one part out of a full name in one column.

    ``Last, First Middle``: all before the first comma is the last name; a suffix may stand at the end of either side or
    between commas. ``First Middle Last``: the first word, the last word, and what is between them; a particle such as
    VAN or DE LA stays with the last name. ``Last First Middle``: the first word is the last name.

    Args:
        expression: SQL text of the full name.
        layout: One of LAYOUTS.
        part: One of PARTS.
    """
    full = _squeezed(expression)
    if part == "suffix":
        return f"regexp_extract({full}, {literal(_SUFFIX)}, 1)"
    bare = f"trim(regexp_replace({_unadorned(full, layout)}, {literal(_SUFFIX)}, '\\2', 'g'))"
    if part not in _PATTERNS[layout]:
        # What is left without the first word and the family name; a pattern alone cannot keep VAN out of it.
        return f"regexp_replace(regexp_replace({bare}, '^\\S+ ?', ''), {literal(_FAMILY)}, '')"
    return f"trim(regexp_extract({bare}, {literal(_PATTERNS[layout][part])}, 1))"


def split_suffix(expression: str) -> str:
    """Cut a suffix (JR, SR, II, III, IV) off the end of a name."""
    return f"trim(regexp_replace(trim({expression}), {literal(_SUFFIX)}, '\\2'))"


def suffix_of(expression: str) -> str:
    """Keep only the suffix at the end of a name."""
    return f"regexp_extract(trim({expression}), {literal(_SUFFIX)}, 1)"
