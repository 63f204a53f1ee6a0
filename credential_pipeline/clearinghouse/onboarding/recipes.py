"""The recipe of each column: how its values become the canonical field. Not here: which column it is (matching.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.onboarding.coding import UNDECIDED, Entry
from credential_pipeline.clearinghouse.onboarding.dates import Dated, short_year_rows
from credential_pipeline.clearinghouse.onboarding.facts import Facts
from credential_pipeline.clearinghouse.onboarding.hints import order_of
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.words import FULL_NAME
from credential_pipeline.clearinghouse.raw_feeds.reading.faults import plural
from credential_pipeline.foundation.registry.vocabulary import REQUIRED

_NAME: Final = ("trim", "null_placeholders")
_PLAIN: Final[Mapping[str, tuple[str, ...]]] = {
    "person_ref": ("trim",),
    "first_name": _NAME,
    "middle_name": _NAME,
    "last_name": _NAME,
    "name_suffix": ("trim",),
    "previous_last_name": _NAME,
    "ssn_last4": ("last4",),
    "email": ("trim", "lower", "null_placeholders"),
    "phone": ("digits",),
    "street": _NAME,
    "city": _NAME,
    "zip": ("zip5",),
    "training_provider": ("trim", "collapse_spaces", "null_placeholders"),
    "provider_opeid": ("trim",),
}
_PLACEHOLDERS: Final = ("birth_date", "expiration_date")
_WHOLE_NUMBERS: Final = 0.5
_KNOWN: Final = 0.2
_CLEARLY: Final = 1.5


@dataclass(frozen=True)
class Layout:
    """How a column of dates is read: the layout, and whether the file proves it."""

    written: str
    proved: bool


def plain(found: Mapping[str, Facts], notes: Notes) -> dict[str, Entry]:
    """Fields that take the same recipe in every file."""
    ssn = found.get("ssn_last4")
    if ssn is not None and ssn.share("ssn") > _WHOLE_NUMBERS:
        notes.ask(
            "ssn_last4",
            f"'{ssn.name}' holds whole Social Security numbers. Ask the sender for the last four digits only.",
        )
    first, last = found.get("first_name"), found.get("last_name")
    if first and last and last.share("given") > max(0.5, 2 * first.share("given")):
        notes.ask(
            "last_name", f"'{last.name}' holds given names more often than '{first.name}' does. Are the two exchanged?"
        )
    return {
        field: {"from": found[field].name, "recipe": list(steps)} for field, steps in _PLAIN.items() if field in found
    }


def name_parts(facts: Facts, notes: Notes) -> dict[str, Entry]:
    """Four fields out of a full name in one column."""
    layout = "Last, First Middle"
    if facts.share("comma") <= _WHOLE_NUMBERS:
        begins, ends = facts.share("given"), facts.share("given_end")
        layout = "Last First Middle" if ends > max(_KNOWN, _CLEARLY * begins) else "First Middle Last"
        if max(begins, ends) < _KNOWN or max(begins, ends) < _CLEARLY * min(begins, ends):
            notes.ask(
                "last_name",
                f"Does '{facts.name}' begin with the given name or with the family name? '{layout}' is assumed.",
            )
    parts = {"first_name": "first", "middle_name": "middle", "last_name": "last", "name_suffix": "suffix"}
    return {
        field: {
            "from": facts.name,
            "recipe": [{"name_part": {"layout": layout, "part": part}}, "null_placeholders"][: 1 + (part != "suffix")],
        }
        for field, part in parts.items()
    }


def dates(found: Mapping[str, Facts], notes: Notes) -> dict[str, tuple[Entry, Entry]]:
    """The three dates, each as the YAML writes it and as the dry run reads it meanwhile."""
    said: dict[str, tuple[Entry, Entry]] = {}
    for field in ("birth_date", "event_date", "expiration_date"):
        facts = found.get(field)
        if facts is None:
            continue
        layout = _layout(field, facts, found, notes)
        rest = ["null_placeholder_dates"] if field in _PLACEHOLDERS else []
        written = layout.written if layout.proved else UNDECIDED
        said[field] = (
            {"from": facts.name, "recipe": [{"parse_date": written}, *rest]},
            {"from": facts.name, "recipe": [{"parse_date": layout.written}, *rest]},
        )
    return said


def _layout(field: str, facts: Facts, found: Mapping[str, Facts], notes: Notes) -> Layout:
    dated = facts.dated
    if dated is None:
        return _unread(field, facts, notes)
    if dated.timed:
        notes.ask(field, f"'{facts.name}' holds a time of day. In which zone? The day is taken as written.")
    if short := short_year_rows(facts.counts):
        text = (
            f"{plural(short, 'row')} of '{facts.name}' have two-digit years, which are never guessed and are not read."
        )
        notes.ask(field, f"{text} Can the sender give four digits?")
    said = _said_by_name(field, facts, dated, notes)
    if said or not dated.others:
        return Layout(said or dated.layout, proved=True)
    for other in found.values():
        if (
            other is not facts
            and other.dated
            and not other.dated.others
            and other.dated.layout in (dated.layout, *dated.others)
        ):
            text = f"No day above 12 proves the order of '{facts.name}'; it is read as '{other.name}', which proves {other.dated.layout}. Right?"
            notes.ask(field, text)
            return Layout(other.dated.layout, proved=True)
    choice = " or ".join(f'"{layout}"' for layout in (dated.layout, *dated.others))
    text = (
        f"Month first or day first in '{facts.name}'? Nothing in the file proves it: write {choice} in place of \"?\"."
    )
    notes.ask(field, text, blocks=True)
    return Layout(dated.layout, proved=False)


def _said_by_name(field: str, facts: Facts, dated: Dated, notes: Notes) -> str:
    """The layout that the column's name chooses among those that read its values; empty if it chooses none."""
    hint = facts.hint
    if hint is None:
        return ""
    fitting = [layout for layout in (dated.layout, *dated.others) if order_of(layout) == hint.order]
    if not fitting:
        read = f"its values prove {dated.layout}" if not dated.others else "no value can be read so"
        notes.ask(field, f"The name of '{facts.name}' says {hint.written}, but {read}. Which is right?")
        return ""
    if dated.others:
        text = f"No day above 12 proves the order of '{facts.name}'; it is read as its name says, {fitting[0]}. Right?"
        notes.ask(field, text)
    return fitting[0]


def _unread(field: str, facts: Facts, notes: Notes) -> Layout:
    """What is asked of a column of dates in which no layout with four-digit years was found."""
    hint, short = facts.hint, short_year_rows(facts.counts)
    if not facts.filled:
        said = hint.layout if hint else ""
        told = f"; its name says {hint.written}" if hint else ", so nobody knows how its dates are written"
        notes.ask(field, f"'{facts.name}' is empty{told}.")
        return Layout(said or "%Y-%m-%d", proved=True)
    what = "holds no dates with four-digit years"
    if facts.short_years or short:
        some = "" if facts.short_years else f" in {plural(short, 'row')}"
        what = f"has two-digit years{some}, which are never guessed: ask the sender for four digits"
        if field not in REQUIRED:
            what += f", or name the column under ignored and {field} under absent"
    elif facts.serials:
        what = "holds numbers such as a spreadsheet keeps for days: ask the sender for dates as text"
    notes.ask(field, f"'{facts.name}' {what}.", blocks=True)
    return Layout("%Y-%m-%d", proved=False)


def name_columns(found: Mapping[str, Facts], notes: Notes) -> dict[str, Entry]:
    """Names out of their columns, or out of one."""
    parted = name_parts(found[FULL_NAME], notes) if FULL_NAME in found else {}
    return parted | plain(found, notes)
