"""Text that a spreadsheet takes for text: a leading quote before what it would run as a formula (OWASP).

For CSV that people open. Not for Parquet, nor for files that a program reads back, where the quote would be a change of the data.
"""

import re

_STARTS = r"=+\-@\t\r\n|%\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}"
_BLANKS = r"\s\x{a0}\x{feff}"
#: In the spelling of RE2, which the engine uses.
_FORMULA_RE2 = f"^[{_BLANKS}]*[{_STARTS}]"
_NUMBER = r"^-?\d{1,15}(\.\d{1,6})?$"
_FORMULA = re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda sign: chr(int(sign[1], 16)), _FORMULA_RE2))


def csv_safe(text: str) -> str:
    """The text, with a leading quote if a spreadsheet would run it."""
    return text if re.match(_NUMBER, text) or not _FORMULA.match(text) else f"'{text}"


def csv_safe_sql(expression: str) -> str:
    """SQL of a VARCHAR as :func:`csv_safe` gives it."""
    runs = f"regexp_matches({expression}, '{_FORMULA_RE2}') AND NOT regexp_matches({expression}, '{_NUMBER}')"
    return f"CASE WHEN {runs} THEN '''' || {expression} ELSE {expression} END"
