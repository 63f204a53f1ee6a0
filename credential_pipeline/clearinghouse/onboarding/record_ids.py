"""The id of a row: a column of its own, or columns that together tell one row from another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import Entry
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.matching import Matched
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.reading import Table
from credential_pipeline.clearinghouse.onboarding.words import FULL_NAME
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import plural

_WHO: Final = (("person_ref",), (FULL_NAME, "birth_date"), ("last_name", "first_name", "birth_date"))
_PERSON: Final = "person_ref"
_MANY: Final = 25
"""Rows from which it says something that no two of them have the same value."""
_SEVERAL: Final = 0.9
"""People for a row, by name and birth date: with fewer than this some surely stand in several rows."""
_MORE: Final = ("event", "result", "zip", "email", "training_provider")


def of_rows(table: Table, matched: Matched, columns: Sequence[Facts]) -> Matched:
    """The same, with the column that was taken for the person's id as that of the row, where people repeat and it never does.

    Args:
        table: The file.
        matched: What was decided by names and values.
        columns: All columns; another that might be the person's id takes the place.
    """
    own = matched.fields.get(_PERSON)
    if (
        own is None
        or "record_id" in matched.fields
        or not _never_repeats(own)
        or not _people_repeat(table, matched.fields)
    ):
        return matched
    others = matched.runners_up.get(_PERSON, ())
    fields = {field: facts for field, facts in matched.fields.items() if field != _PERSON} | {"record_id": own}
    if others:
        fields[_PERSON] = next(facts for facts in columns if facts.name == others[0])
    left = {_PERSON: others[1:]} if others[1:] else {}
    runners_up = {field: names for field, names in matched.runners_up.items() if field != _PERSON} | left
    return replace(matched, fields=fields, doubtful=(*matched.doubtful, "record_id"), runners_up=runners_up)


def _never_repeats(facts: Facts) -> bool:
    return facts.rows > _MANY and facts.unique and facts.distinct == facts.filled


def _people_repeat(table: Table, found: Mapping[str, Facts]) -> bool:
    """Whether people surely stand in several rows, by name and birth date; names alone repeat by chance."""
    who = next((fields for fields in _WHO[1:] if all(field in found for field in fields)), None)
    return who is not None and _different(table, [found[field].name for field in who]) < _SEVERAL * len(table.rows)


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
        f"{_or_of_rows(found) or 'No'} column is an id of the row, so one is made of {', '.join(columns)}.{alike} "
        "A value that the sender corrects later makes a new row: ask for an id.",
    )
    return {"derived": list(columns)}


def _or_of_rows(found: Mapping[str, Facts]) -> str:
    """What is to be said of a person's id of which nobody can tell whether it is the row's."""
    own = found.get(_PERSON)
    if own is None or not _never_repeats(own):
        return ""
    return (
        f"'{own.name}' differs in every one of {plural(own.rows, 'row')}, in which nobody surely stands twice: it may be the id of the person "
        f"or of the row, and is taken for the person's. Ask the sender. If it is the row's, write record_id: {{from: '{own.name}', recipe: "
        "[trim]} and take person_ref out, or else rows of one person count as those of several. If it is the person's, no"
    )


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
