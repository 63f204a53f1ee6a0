"""SQL text from untrusted words, and expressions that are computed once.

The only way in which a word of a YAML file becomes part of a statement is ``literal`` or ``identifier``, which stand in
:mod:`credential_pipeline.foundation.quoting` as storage, too, needs them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from credential_pipeline.foundation.quoting import identifier, literal

__all__ = ["identifier", "literal", "lookup", "once"]

_PLAIN_COLUMN: Final = re.compile(r"\A\w+\Z")


def once(expression: str, body: Callable[[str], str]) -> str:
    """Mention an expression many times and compute it once per row.

    DuckDB shares equal expressions, except below CASE, and nullif is a CASE. A lambda over a list of one is its LET.

    Args:
        expression: Any SQL expression.
        body: Gives the SQL text around a name that stands for the expression.
    """
    if _PLAIN_COLUMN.match(expression):
        return body(expression)
    return f"list_transform([{expression}], lambda it: {body('it')})[1]"


def lookup(expression: str, words: Mapping[str, str]) -> str:
    """Translate through a constant MAP; NULL for a word that is not in it. One probe, where CASE has an arm a word."""
    entries = ", ".join(f"{literal(word)}: {literal(meaning)}" for word, meaning in words.items())
    return f"MAP {{{entries}}}[{expression}]"
