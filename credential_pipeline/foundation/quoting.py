"""Words of others as parts of a SQL statement: the only ways in which one becomes part of it."""

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f]")


def literal(text: str) -> str:
    """Return the text as a SQL string literal; ValueError if it holds a control character other than tab."""
    if _CONTROL.search(text):
        message = "control characters are not allowed"
        raise ValueError(message)
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return the name as a quoted SQL identifier; ValueError if it holds a control character."""
    literal(name)
    return '"' + name.replace('"', '""') + '"'
