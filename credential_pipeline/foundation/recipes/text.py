"""Steps on plain text: spaces, case, digits, codes and the words that mean 'nothing here'. Empty text means missing."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from credential_pipeline.foundation.recipes.sql import literal, lookup

PLACEHOLDERS: Final = (
    *("UNKNOWN", "UNK", "TEST", "TESTER", "N/A", "#N/A", "NONE", "NULL", "NIL", "MISSING", "DECLINED", "REFUSED"),
    *("NOT PROVIDED", "NOT AVAILABLE", "NOT GIVEN", "TBD", "XXX", "XXXX", "FNU", "LNU", "NFN", "NLN", "NMN"),
    *("NO NAME", "NO LAST NAME", "NO FIRST NAME", "NO MIDDLE NAME", "ANONYMOUS", "DO NOT USE", "-", "--", ".", "?"),
)
"""Words that stand for a missing value. NA is not among them: it is a family name."""

_BLANKS: Final = "' ' || chr(9) || chr(160)"


def trim(expression: str) -> str:
    """Cut blanks, tabs and no-break spaces off both ends."""
    return f"trim({expression}, {_BLANKS})"


def upper(expression: str) -> str:
    """Write in capitals."""
    return f"upper({expression})"


def lower(expression: str) -> str:
    """Write in small letters."""
    return f"lower({expression})"


def collapse_spaces(expression: str) -> str:
    """Make every run of white space one space."""
    return f"regexp_replace({expression}, '[\\s\\x{{A0}}]+', ' ', 'g')"


def digits(expression: str) -> str:
    """Keep the digits."""
    return f"regexp_replace({expression}, '[^0-9]', '', 'g')"


def last4(expression: str) -> str:
    """Keep the last four digits; empty with fewer than four."""
    return f"regexp_extract({digits(expression)}, '([0-9]{{4}})$', 1)"


def zip5(expression: str) -> str:
    """Keep the first five digits of a postal code, and put back a leading zero that a spreadsheet has dropped."""
    bare = f"regexp_extract({expression}, '^\\s*([0-9]{{4,5}})(-?[0-9]{{4}})?\\s*$', 1)"
    return f"regexp_replace({bare}, '^([0-9]{{4}})$', '0\\1')"


def null_placeholders(expression: str, placeholders: Sequence[str] = PLACEHOLDERS) -> str:
    """Empty for words such as UNKNOWN, TEST or N/A, in any case; of a last name, NULL, NONE and TEST are left alone."""
    words = "|".join(re.escape(word) for word in placeholders)
    pattern = rf"(?i)^\s*(?:{words})\s*$"
    return f"regexp_replace({expression}, {literal(pattern)}, '')"


def strip_leading_zeros(expression: str) -> str:
    """Cut zeros off the front, as in ids that some systems pad."""
    return f"ltrim({expression}, '0')"


def derived_id(columns: Sequence[str], source: str = "source") -> str:
    """The id of a row whose sender gives it none: D and 16 hexadecimal digits of the md5 of its columns; empty if they are.

    Letter case and white space make no difference.

    Args:
        columns: Columns of the file that together tell one row from another.
        source: SQL name of the MAP(VARCHAR, VARCHAR) or STRUCT that holds the verbatim row.
    """
    values = ", ".join(f"coalesce(upper(trim({collapse_spaces(f'{source}[{literal(one)}]')})), '')" for one in columns)
    told = f"concat_ws(chr(31), {values})"
    return f"CASE WHEN trim({told}, chr(31)) = '' THEN '' ELSE 'D' || left(md5({told}), 16) END"


def map_values(expression: str, mapping: Mapping[str, str]) -> str:
    """Translate the sender's codes, in any case; a code that is not listed becomes NULL, or the value of ``"*"``."""
    listed = {word.strip().upper(): meaning for word, meaning in mapping.items() if word != "*"}
    word = f"coalesce(upper({trim(expression)}), '')"
    if "*" not in mapping:
        return lookup(word, listed)
    return f"coalesce({lookup(word, {'': '', **listed})}, {literal(mapping['*'])})"
