"""The proposal as YAML that people read and correct: a question stands above the field that it is about.

Not here: what is proposed (propose.py).
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from credential_pipeline.clearinghouse.onboarding.coding import UNDECIDED
from credential_pipeline.clearinghouse.onboarding.notes import Notes
from credential_pipeline.clearinghouse.onboarding.propose import Proposal, sources
from credential_pipeline.foundation.registry.model import Cohorts

_WIDTH: Final = 110
_PLAIN: Final = re.compile(r"[^\W_][\w +./()&'-]*")
_TRUTHS: Final = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})


def flow(value: object) -> str:
    """A value in one line, as ``{from: Zip, recipe: [zip5]}``."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "null" if value is None else _scalar(value)


def _scalar(value: object) -> str:
    """A word as it is, or in quotation marks where YAML, or a reader, might take it for something else."""
    text = str(value)
    plain = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _TRUTHS
    return text if plain else json.dumps(text, ensure_ascii=False)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """A comment in lines of readable length."""
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _WIDTH:
            yield f"{indent}# {line}"
            line = ""
        line = f"{line} {word}".strip()
    yield f"{indent}# {line}"


def _questions(notes: Notes, about: str, indent: str = "") -> Iterator[str]:
    for number, question in notes.of(about):
        yield from _wrapped(f"Question {number}: {question.text}", indent)


def _feed(proposal: Proposal) -> dict[str, str]:
    table = proposal.table
    if table.format != "csv":
        sheet = {"sheet": table.sheet} if table.sheet is not None else {}
        return {"format": table.format, **sheet, "cadence": "irregular"}
    delimiter = {"\t": "tab"}.get(table.delimiter, table.delimiter)
    return {"format": "csv", "delimiter": delimiter, "encoding": table.encoding, "cadence": "irregular"}


def certifier_yaml(proposal: Proposal) -> str:
    """The text of ``certifiers/<certifier>.yml``."""
    notes = proposal.notes
    lines = [
        "# Proposed from one file; every line is yours to correct. `credential-pipeline registry check` finds mistakes.",
        f"certifier: {proposal.certifier}",
        f"name: {proposal.certifier}  # The name that readers see.",
        f"feed: {flow(_feed(proposal))}  # cadence: weekly, monthly, quarterly, annual or irregular",
        "columns:",
    ]
    for field, entry in proposal.columns.items():
        lines += [*_questions(notes, field, "  "), f"  {field}: {flow(entry)}"]
    for field in proposal.missing:
        lines += list(_questions(notes, field, "  "))
    for field in proposal.absent:
        if field not in proposal.missing:
            lines += list(_questions(notes, field))
    lines.append(f"absent: {flow([field for field in proposal.absent if field not in proposal.missing])}")
    lines.append(f"ignored: {flow(list(proposal.ignored))}")
    lines += list(_questions(notes, "credentials"))
    if proposal.credentials:
        lines.append("credentials:")
        lines += [f"  - {flow({**one, 'level': 1})}" for one in proposal.credentials]
    return "\n".join(lines) + "\n"


def industry_yaml(proposal: Proposal) -> str:
    """The text of an industry file, to be named and completed."""
    usual = Cohorts()
    first, last = proposal.award_years or (usual.first_award_year, usual.last_award_year)
    years = "Award years of the file" if proposal.award_years else "No date was found: name the award years"
    return f"""\
# Save as industries/<industry>.yml; a file that starts with an underscore is not loaded. To give the certifier to an industry
# that is there, copy that industry's file here and add the certifier to its list.
industry: example                 # the name of the file: a-z, 0-9 and _
name: Example industry            # the name that readers see
naics: ["51", "5415"]             # industries in which holders are expected to work: prefixes of 2 to 6 digits
certifiers: [{proposal.certifier}]
# {years}; awards of other years are not reported.
cohorts: {{first_award_year: {first}, last_award_year: {last}}}
# Without an agreement everything up to linked_records runs, and nothing leaves.
# agreement: example_extract
owner: team:data-engineering
"""


def trial_document(proposal: Proposal) -> dict[str, Any]:
    """The certifier as the dry run loads it: what is undecided is read in one possible way."""
    columns = proposal.trial
    used = {name for entry in columns.values() for name in sources(entry)}
    return {
        "certifier": proposal.certifier,
        "name": proposal.certifier,
        "feed": _feed(proposal),
        "columns": dict(columns),
        "ignored": [name for name in proposal.table.header if name and name not in used],
        "credentials": [{**one, "level": "1"} for one in proposal.credentials if one["code"] != UNDECIDED],
    }
