"""From a file to a proposal: columns of the YAML, what is ignored and absent, credentials, open questions.

Not here: how the YAML is written (yaml_text.py) and whether it works (dry_run.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credential_pipeline.clearinghouse.onboarding import coding, recipes
from credential_pipeline.clearinghouse.onboarding.coding import Entry
from credential_pipeline.clearinghouse.onboarding.credentials import shelve
from credential_pipeline.clearinghouse.onboarding.facts import Facts, look
from credential_pipeline.clearinghouse.onboarding.marks import ask_about_marks
from credential_pipeline.clearinghouse.onboarding.matching import Matched, match
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.reading import Table
from credential_pipeline.clearinghouse.onboarding.record_ids import of_rows, record_id
from credential_pipeline.clearinghouse.onboarding.unused_results import ask_about_results
from credential_pipeline.clearinghouse.onboarding.words import CONSENT
from credential_pipeline.foundation.registry.vocabulary import FIELDS, REQUIRED

_STRONG: Final = ("ssn_last4", "email", "phone", "street", "zip")
_CODED: Final = ("event", "result", "sex", "training_setting")
_OPTED_OUT: Final = "block_flag"


@dataclass(frozen=True)
class Proposal:
    """What the YAML will say.

    Attributes:
        certifier: Name of the certifier.
        table: The file.
        columns: Canonical field -> its column, in the order of the vocabulary.
        trial: The same as the dry run uses it: undecided layouts read in one of the ways that are possible.
        ignored: Columns that are not used.
        absent: Fields that the file does not have.
        credentials: Codes and titles.
        award_years: First and last year of its events; None if no date was found.
        notes: Open questions.
    """

    certifier: str
    table: Table
    columns: dict[str, Entry]
    trial: dict[str, Entry]
    ignored: tuple[str, ...]
    absent: tuple[str, ...]
    credentials: tuple[dict[str, str], ...]
    award_years: tuple[int, int] | None
    notes: Notes

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields for which no column was found."""
        return tuple(field for field in REQUIRED if field not in self.columns)


def propose(certifier: str, table: Table) -> Proposal:
    """Propose the YAML of a certifier.

    Args:
        certifier: Its name in the registry.
        table: One of its files.
    """
    notes = Notes()
    columns = [look(name, table.column(place)) for place, name in enumerate(table.header)]
    matched = of_rows(table, match(columns), columns)
    # An empty column of codes tells nothing of what its codes mean.
    found = {field: facts for field, facts in matched.fields.items() if facts.filled or field not in _CODED}
    said: dict[str, Entry] = {"record_id": record_id(table, found, matched.doubtful, notes)}
    said |= recipes.name_columns(found, notes)
    dated = recipes.dates(found, notes)
    said |= {field: written for field, (written, _) in dated.items()}
    shelf = shelve(table, found.get("credential_code"), found.get("credential_title"), columns, notes)
    said |= shelf.columns | _coded(found, notes)
    _ask_missing(said, matched, notes)
    trial = said | {field: tried for field, (_, tried) in dated.items()}
    if coding.is_undecided(said["event"]):
        trial = {field: entry for field, entry in trial.items() if field != "result"} | {"event": {"value": "award"}}
    used = {name for entry in said.values() for name in sources(entry)}
    # What might be an opt-out as well as the column that was taken for it is asked of already.
    asked = matched.runners_up.get(_OPTED_OUT, ()) if _OPTED_OUT in matched.fields else ()
    ask_about_marks((facts for facts in columns if facts.name and facts.name not in {*used, *asked}), notes)
    if "result" not in said:
        ask_about_results((facts for facts in columns if facts.name and facts.name not in used), notes)
    return Proposal(
        certifier=certifier,
        table=table,
        columns={field: said[field] for field in FIELDS if field in said},
        trial={field: trial[field] for field in FIELDS if field in trial},
        ignored=tuple(name for name in table.header if name and name not in used),
        absent=tuple(field for field in FIELDS if field not in said),
        credentials=shelf.listed,
        award_years=_years(found.get("event_date")),
        notes=notes,
    )


def _years(event: Facts | None) -> tuple[int, int] | None:
    return (event.dated.first.year, event.dated.last.year) if event and event.dated else None


def sources(entry: Entry) -> list[str]:
    """Columns of the file that an entry is read from."""
    derived = entry.get("derived", [entry["from"]] if "from" in entry else [])
    return [str(name) for name in derived] if isinstance(derived, list) else []


def _coded(columns: Mapping[str, Facts], notes: Notes) -> dict[str, Entry]:
    said = coding.outcomes(columns.get("event"), columns.get("result"), notes)
    if "state" in columns:
        said["state"] = coding.state(columns["state"])
    if "sex" in columns:
        said["sex"] = coding.known_words(columns["sex"], "sex", notes)
    if "training_setting" in columns:
        said["training_setting"] = coding.known_words(columns["training_setting"], "training_setting", notes, "other")
    if _OPTED_OUT in columns or CONSENT in columns:
        consents = CONSENT in columns
        said[_OPTED_OUT] = coding.block_flag(columns[CONSENT if consents else _OPTED_OUT], notes, consents=consents)
    return said


def _ask_missing(said: dict[str, Entry], matched: Matched, notes: Notes) -> None:
    """What is not there and will be missed."""
    for field in ("last_name", "event_date"):
        if field not in said:
            notes.ask(
                field,
                f"No column was found for {field} ({FIELDS[field].meaning}), which is required. Name it.",
                blocks=True,
            )
    if "birth_date" not in said:
        helps = [field for field in _STRONG if field in said]
        left = f"names with {', '.join(helps)}" if helps else "names alone"
        notes.ask(
            "birth_date",
            f"There is no birth date: people are found by {left}, fewer than with one, and namesakes stay unlinked. Can the sender"
            " give it?",
        )
    if _OPTED_OUT not in said:
        notes.ask(
            _OPTED_OUT,
            "No column says that somebody does not want to be shared. How do opt-outs reach the sender, and you?",
        )
    for field, others in matched.runners_up.items():
        if field in matched.fields and field in FIELDS and field != "credential_title":
            listed = ", ".join(f"'{name}'" for name in others)
            notes.ask(
                field, f"'{matched.fields[field].name}' is taken for {field}; {listed} might be it as well. Right?"
            )
    for field in matched.doubtful:
        if field != "record_id":
            notes.ask(field, f"'{matched.fields[field].name}' is taken for {field} by its values alone. Right?")
