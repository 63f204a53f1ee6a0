"""NAICS codes of employers: two to six digits that begin as a sector does, ``31-33`` for its first two, or none at all."""

from typing import Final

from credential_pipeline.foundation.drop_findings import ALL, NO_SECTOR, Finding
from credential_pipeline.foundation.recipes.sql import literal
from credential_pipeline.foundation.recipes.text import PLACEHOLDERS
from credential_pipeline.foundation.reference.load import reference_series
from credential_pipeline.foundation.storage.relation import Relation, Scratch

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


def jobs_without_sector(work: Scratch, jobs: Relation, employers: Relation) -> list[Finding]:
    """Jobs at employers of whom nobody knows the sector: without a code, unclassified, or not in the file; none where there are none.

    Args:
        work: Runs the queries.
        jobs: A row a job and year: employer_id.
        employers: ``reference_population.employers``.
    """
    ids = work.table("ids", f"SELECT DISTINCT employer_id AS code, CAST(employer_id AS VARCHAR) AS id FROM {jobs}")
    told = work.table(
        "told",
        f"SELECT employer_id AS id FROM {employers} WHERE naics IS NOT NULL AND left(naics, 2) <> '{UNCLASSIFIED}'",
    )
    lost = work.table("lost", f"SELECT code FROM {ids} ANTI JOIN {told} USING (id)")
    if not work.con.execute(f"SELECT 1 FROM {lost} LIMIT 1").fetchall():
        return []
    found, rows = work.con.execute(
        f"SELECT count(*) FILTER (employer_id IN (SELECT code FROM {lost})), count(*) FROM {jobs}"
    ).fetchall()[0]
    return [Finding("employers", ALL, "naics", NO_SECTOR, found, rows)]


def _nothing(text: str) -> str:
    words = ", ".join(literal(word) for word in PLACEHOLDERS)
    return f"coalesce(regexp_full_match({text}, '0+([.]0+)?') OR upper({text}) IN ({words}), true)"
