"""NAICS codes of employers: two to six digits that begin as a sector does, ``31-33`` for its first two, or none at all."""

from typing import Final

from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.storage.relation import Scratch

UNCLASSIFIED: Final = "99"
"""With which codes begin that tell no sector; the Bureau of Labor Statistics writes them."""
_DIGITS: Final = r"^([0-9]{2,6})(?:[.]0+|-[0-9]{2})?$"


def naics_sectors(work: Scratch) -> list[str]:
    """The two digits with which a code can begin.

    Args:
        work: Runs the query.
    """
    codes = work.con.execute(f"SELECT code FROM {reference_series(work, 'naics_sectors')} ORDER BY code").fetchall()
    ranges = (code.split("-") for (code,) in codes)
    return [f"{digits:02}" for ends in ranges for digits in range(int(ends[0]), int(ends[-1]) + 1)] + [UNCLASSIFIED]


def naics(text: str) -> str:
    """SQL of a code as digits; NULL for none."""
    return f"CASE WHEN NOT {_nothing(text)} THEN nullif(regexp_extract({text}, '{_DIGITS}', 1), '') END"


def no_naics(text: str, sectors: list[str]) -> str:
    """SQL of whether something is written that is no code.

    Args:
        text: SQL of what is written.
        sectors: Of :func:`naics_sectors`.
    """
    known = ", ".join(literal(sector) for sector in sectors)
    return f"NOT {_nothing(text)} AND left(regexp_extract({text}, '{_DIGITS}', 1), 2) NOT IN ({known})"


def _nothing(text: str) -> str:
    words = ", ".join(literal(word) for word in PLACEHOLDERS)
    return f"coalesce(regexp_full_match({text}, '0+([.]0+)?') OR upper({text}) IN ({words}), true)"
