"""Why ids of one file are nobody's in another, where both should be the same: what a spreadsheet or another system did to them.

Belongs here: the likely cause in words that show no id. Not here: whether so many unknown ids matter (checks).
"""

from typing import Final

from credential_pipeline.foundation.storage.relation import Relation, Scratch

_MENDED: Final = {
    "without their leading zeros": "ltrim({0}, '0')",
    "without .0 at their end": "regexp_replace({0}, '[.]0+$', '')",
    "without leading zeros and .0 at their end": "ltrim(regexp_replace({0}, '[.]0+$', ''), '0')",
    "in capitals": "upper({0})",
    "without blanks and hyphens": "translate({0}, ' -', '')",
}
"""What makes ids known -> how both sides are written for it."""
_MOST: Final = 0.5
"""Share of the unknown ids that a cause must explain to be named."""
_FLOATING: Final = r"[0-9]([.][0-9]+)?[Ee][+][0-9]+"


def likely_cause(work: Scratch, unknown: Relation, known: Relation, who: str, whom: str) -> str:
    """A sentence on why ids are unknown.

    Args:
        work: Runs the queries.
        unknown: The ids that nobody has: ``id``, each once.
        known: The ids that are somebody's: ``id``, each once.
        who: What the unknown ids come from, for example ``enrollments``.
        whom: What the known ones come from, for example ``persons``.
    """
    told = f"{who} have ids of {_lengths(work, unknown)}, {whom} of {_lengths(work, known)}"
    ids = work.con.execute(f"SELECT count(*) FROM {unknown}").fetchall()[0][0]
    if not ids:
        return told
    floating = f"SELECT count(*) FROM {unknown} WHERE regexp_full_match(id, '{_FLOATING}')"
    if work.con.execute(floating).fetchall()[0][0] >= _MOST * ids:
        return f"{told}; they are written as 1.2E+05, so a spreadsheet has rounded them"
    for words, form in _MENDED.items():
        found = work.con.execute(
            f"SELECT count(*) FROM {unknown} WHERE {form.format('id')} IN (SELECT {form.format('id')} FROM {known})"
        ).fetchall()[0][0]
        if found >= _MOST * ids:
            return f"{told}; {words}, {found:,} of {ids:,} would be known"
    return told


def _lengths(work: Scratch, ids: Relation) -> str:
    low, high = work.con.execute(f"SELECT min(length(id)), max(length(id)) FROM {ids}").fetchall()[0]
    if low is None:
        return "no characters"
    return f"{low} characters" if low == high else f"{low} to {high} characters"
