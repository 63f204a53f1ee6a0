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
_LOOKUP: Final = re.compile(r"\A\w+\['(?:[^']|'')*'\]\Z")
"""A value of a row, which costs nothing to look at."""
_DECIMALS: Final = r"[.]0+\s*$"
_SHORT_ZIP: Final = r"^\s*([1-9][0-9]{3}|0[0-9]{3}|501|544|[6-9][0-9]{2})(?:[ -]?[0-9]{4})?(?:[.]0+)?\s*$"
"""Four or three digits, with or without the four of ZIP+4."""


def trim(expression: str) -> str:
    """Cut blanks, tabs and no-break spaces off both ends."""
    trimmed = f"trim({expression}, {_BLANKS})"
    if not _LOOKUP.match(expression):
        return trimmed
    # A few looks at the ends of a value are cheaper than a trim, which few values need.
    ends = " OR ".join(f"suffix({expression}, {blank})" for blank in _BLANKS.split(" || "))
    fine = f"{expression} >= '!' AND NOT ({ends} OR prefix({expression}, chr(160)))"
    return f"CASE WHEN {fine} OR {expression} = '' THEN {expression} ELSE {trimmed} END"


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
    """Keep the last four digits; empty with fewer than four, but for three alone, of which a spreadsheet has dropped a zero.

    ``1234.0`` is 1234, as programs write whole numbers beside empty cells.
    """
    whole = f"regexp_replace({expression}, '{_DECIMALS}', '')"
    mended = f"regexp_replace({whole}, '^\\s*([0-9]{{3}})\\s*$', '0\\1')"
    return f"regexp_extract({digits(mended)}, '([0-9]{{4}})$', 1)"


def zip5(expression: str) -> str:
    """Keep the first five digits of a postal code, and put back the leading zeros that a spreadsheet has dropped.

    Four digits have lost one zero; three have lost two if they begin as codes do that have two, such as 501 (Holtsville) and 6 to 9
    (Puerto Rico and the Virgin Islands). ``4891.0`` is 4891. Anything else is empty, never guessed.
    """
    five = f"regexp_extract({expression}, '^\\s*([0-9]{{5}})(?:[0-9]{{4}}\\s*|[0-9]{{4}}[.]0+\\s*|[^0-9].*)?$', 1)"
    fewer = f"regexp_extract({expression}, {literal(_SHORT_ZIP)}, 1)"
    padded = f"CASE WHEN {fewer} <> '' THEN lpad({fewer}, 5, '0') ELSE {five} END"
    return f"CASE WHEN regexp_full_match({expression}, '[0-9]{{5}}') THEN {expression} ELSE {padded} END"


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


def map_values(expression: str, mapping: Mapping[str, str | None]) -> str:
    """Translate the sender's codes, in any case; a code that is not listed becomes NULL, or the value of ``"*"``.

    A code whose value is ``null`` says nothing: it is empty on purpose, and no mistake.
    """
    listed = {word.strip().upper(): meaning or "" for word, meaning in mapping.items() if word != "*"}
    word = f"coalesce(upper({trim(expression)}), '')"
    if "*" not in mapping:
        return lookup(word, listed)
    return f"coalesce({lookup(word, {'': '', **listed})}, {literal(mapping['*'] or '')})"


SCORE: Final = r"[+-]?\d{1,6}(?:[.,]\d{1,6})?"
"""A score as senders write it, with a point or a comma."""


def pass_from(expression: str, least: str) -> str:
    """``pass`` for a score of that many points or more, ``fail`` for fewer; NULL for what is no number. A percent sign says nothing."""
    score = f"trim(replace({trim(expression)}, '%', ''))"
    number = f"CAST(replace({score}, ',', '.') AS DOUBLE)"
    reached = f"CASE WHEN {number} >= {least.replace(',', '.')} THEN 'pass' ELSE 'fail' END"
    return f"CASE WHEN regexp_full_match({score}, {literal(SCORE)}) THEN {reached} END"
