"""The credentials of a file: their codes and titles, or titles that must serve as codes. Not here: what they stack to."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import UNDECIDED, Entry
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.reading import Table

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 +._/-]{0,39}")
_SURELY: Final = 11
"""Different codes up to which they are listed, however few rows repeat them."""
_MOST: Final = 300
_NAMES: Final = 0.3


@dataclass(frozen=True)
class Shelf:
    """Columns for credential fields and the list of credentials; empty if it cannot be told."""

    columns: dict[str, Entry]
    listed: tuple[dict[str, str], ...]


def _listed(codes: Facts, titles: dict[str, str], notes: Notes) -> tuple[dict[str, str], ...]:
    """Codes that may be written down: few, shaped as codes, and nobody's names."""
    capitals = {code.upper() for code in codes.counts}
    if not codes.few and codes.distinct > _SURELY:
        notes.ask(
            "credentials",
            f"'{codes.name}' holds {codes.distinct} different codes in {codes.filled} rows; list them by hand.",
        )
        return ()
    if codes.distinct > _MOST or not all(_CODE.fullmatch(code) for code in capitals) or codes.share("given") > _NAMES:
        notes.ask(
            "credentials", f"The values of '{codes.name}' are no plain codes; any is accepted until they are listed."
        )
        return ()
    notes.ask(
        "credentials",
        "Are these all credentials, and which leads to which (level, stacks_to)? A code not listed is set aside.",
    )
    return tuple({"code": code, "title": titles.get(code, code)} for code in sorted(capitals))


def _titles(table: Table, codes: Facts, titles: Facts | None) -> dict[str, str]:
    """The title that stands most often beside each code, in capitals."""
    if titles is None or not titles.few:
        return {}
    at = [table.header.index(facts.name) for facts in (codes, titles)]
    counted: dict[str, Counter[str]] = {}
    for row in table.rows:
        if row[at[0]] and row[at[1]]:
            counted.setdefault(row[at[0]].upper(), Counter())[" ".join(row[at[1]].split())] += 1
    return {code: min(found, key=lambda title: (-found[title], title)) for code, found in counted.items()}


def shelve(table: Table, code: Facts | None, title: Facts | None, columns: Sequence[Facts], notes: Notes) -> Shelf:
    """Decide where codes and titles come from.

    Args:
        table: The file.
        code: Column of codes, if there is one.
        title: Column of titles, if there is one.
        columns: All columns; where a file names no credential, it has one, and any filled column can say so.
        notes: Takes what is open.
    """
    said: dict[str, Entry] = {}
    if title is not None:
        said["credential_title"] = {"from": title.name, "recipe": ["trim", "collapse_spaces"]}
    if code is not None:
        said["credential_code"] = {"from": code.name, "recipe": ["trim", "upper"]}
        return Shelf(said, _listed(code, _titles(table, code, title), notes))
    if title is not None:
        said["credential_code"] = {"from": title.name, "recipe": ["trim", "collapse_spaces", "upper"]}
        notes.ask(
            "credential_code",
            f"There are titles, no codes: '{title.name}' serves as the code. Does the sender have codes?",
        )
        return Shelf(said, _listed(title, {name.upper(): name for name in title.counts}, notes))
    filled = max(columns, key=lambda facts: facts.filled)
    said["credential_code"] = {"from": filled.name, "recipe": [{"map": {"*": UNDECIDED}}]}
    text = 'No column names a credential. If the file has one only, write its code in place of every "?"'
    notes.ask("credential_code", f"{text}; else ask the sender for a column.", blocks=True)
    # No code is written as "?", so that `registry check` refuses it.
    return Shelf(said, ({"code": UNDECIDED, "title": UNDECIDED},))
