"""Which of a sender's record ids may be shown back to it, in receipts and on report cards: senders choose them, and some hold more.

An id holds a digit, for what holds none may be a name that stands in the wrong column, and no sign of an address. One that holds what
looks like a Social Security number is not shown, though a number of nine digits may be an honest id: the line tells the row as well.
"""

from typing import Final

from credential_pipeline.foundation.recipes.sql import literal

_SIGN: Final = "[A-Za-z0-9._/:-]"
_PLAIN: Final = f"{_SIGN}{{0,39}}[0-9]{_SIGN}{{0,39}}"
_BETWEEN: Final = "[ ._/:-]"
_SSN: Final = (
    # In three groups, whatever letters stand beside them.
    f"(^|[^0-9])[0-9]{{3}}{_BETWEEN}[0-9]{{2}}{_BETWEEN}[0-9]{{4}}($|[^0-9])",
    # Nine digits, with or without a sign between groups; within a longer word, as in a UUID, they are none.
    f"(^|[^0-9A-Za-z])[0-9]{{3}}{_BETWEEN}?[0-9]{{2}}{_BETWEEN}?[0-9]{{4}}($|[^0-9A-Za-z])",
)


def shown_record_id_sql(record_id: str) -> str:
    """SQL of a record id that may be shown to its sender, NULL of another one.

    Args:
        record_id: SQL of the id.
    """
    secret = " OR ".join(f"regexp_matches({record_id}, {literal(pattern)})" for pattern in _SSN)
    return f"CASE WHEN regexp_full_match({record_id}, {literal(_PLAIN)}) AND NOT ({secret}) THEN {record_id} END"
