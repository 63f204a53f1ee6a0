"""The id of a row: a column of its own, or columns that together tell one row from another."""

from collections.abc import Mapping, Sequence
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import Entry
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.reading import Table
from credential_pipeline.clearinghouse.onboarding.words import FULL_NAME
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import plural

_WHO: Final = (("person_ref",), (FULL_NAME, "birth_date"), ("last_name", "first_name", "birth_date"))
_MORE: Final = ("event", "result", "zip", "email", "training_provider")


def record_id(table: Table, found: Mapping[str, Facts], doubtful: Sequence[str], notes: Notes) -> Entry:
    """The field ``record_id``.

    Args:
        table: The file.
        found: Columns by field.
        doubtful: Fields that were found by their values alone.
        notes: Takes what is open.
    """
    own = found.get("record_id")
    if own is not None:
        if "record_id" in doubtful:
            text = f"'{own.name}' differs in every row. Is it the id of the row, for good, and not of the person?"
            notes.ask("record_id", text)
        return {"from": own.name, "recipe": ["trim"]}
    columns = _derive(table, found)
    left = len(table.rows) - _different(table, columns)
    alike = f" {plural(left, 'row')} would still have the id of another one: alike ones count once." if left else ""
    notes.ask(
        "record_id",
        f"No column is an id of the row, so one is made of {', '.join(columns)}.{alike} "
        "A value that the sender corrects later makes a new row: ask for an id.",
    )
    return {"derived": list(columns)}


def _different(table: Table, columns: Sequence[str]) -> int:
    at = [table.header.index(name) for name in columns]
    return len({tuple(row[place] for place in at) for row in table.rows})


def _derive(table: Table, found: Mapping[str, Facts]) -> tuple[str, ...]:
    """Who, what and when; and whatever else tells rows apart that these leave alike."""
    who = next((fields for fields in _WHO if fields[0] in found), ())
    what = "credential_code" if "credential_code" in found else "credential_title"
    fields = [field for field in (*who, what, "event_date") if field in found]
    chosen = list(dict.fromkeys(found[field].name for field in fields)) or [table.header[0]]
    best = _different(table, chosen)
    for field in _MORE:
        if best == len(table.rows):
            break
        name = found[field].name if field in found else ""
        if name and name not in chosen and _different(table, [*chosen, name]) > best:
            chosen.append(name)
            best = _different(table, chosen)
    return tuple(chosen)
