"""A small file of an unknown sender, what is proposed for it, and how the proposal does on the file.

Not here: files as different programs would write them (onboarding_dialects.py).
"""

from pathlib import Path

from credential_pipeline.clearinghouse.onboarding.dry_run import Trial, try_out
from credential_pipeline.clearinghouse.onboarding.propose import Proposal, propose
from credential_pipeline.clearinghouse.onboarding.reading import read_table
from credential_pipeline.clearinghouse.onboarding.yaml_text import trial_document
from credential_pipeline.foundation.storage.engine import connect
from tests.domain.clearinghouse.onboarding_dialects import IGNORED

HEADER = "Row ID,Last Name,First Name,DOB,Email,Exam Code,Exam Date,Result"
CANARY = "Zyzzogeton"


def proposed(folder: Path, content: bytes | str, name: str = "acme") -> Proposal:
    file = folder / "file.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return propose(name, read_table(file))


def tried(folder: Path, proposal: Proposal) -> Trial:
    with connect("1GB", 1, folder) as con:
        return try_out(con, trial_document(proposal), folder / "file.csv")


def taken_for(proposal: Proposal) -> dict[str, set[str]]:
    """Column -> the fields that the proposal reads from it."""
    found: dict[str, set[str]] = {name: set() for name in proposal.table.header}
    for field, entry in proposal.columns.items():
        if "from" in entry:
            parted = any("name_part" in step for step in entry.get("recipe", []) if isinstance(step, dict))
            found[entry["from"]].add("full_name" if parted else field)
    return {name: fields or {IGNORED} for name, fields in found.items()}


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def asked(proposal: Proposal, field: str) -> str:
    return " ".join(question.text for _, question in proposal.notes.of(field))
