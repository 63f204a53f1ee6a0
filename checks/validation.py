"""What a gate said of a version, kept beside it: ``validation.json`` for programs, ``validation.html`` for people.

Both hold counts and names of files, senders and columns, never a value of a person, and neither a time nor a run, so that
equal verdicts give equal bytes.
Not here: what becomes of the version (gate.py), and how the page looks (validation_page.py).
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from checks.blame import Blame
from checks.gx_adapter import Verdict
from checks.rule import Rule
from checks.validation_page import page
from credential_pipeline.foundation.storage.snapshots import Version
from credential_pipeline.foundation.storage.staging import Staged

JSON = "validation.json"
HTML = "validation.html"


def record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the manifest and :data:`JSON` keep it."""
    rule = verdict.rule
    return {
        "rule": rule.name,
        "why": rule.why,
        "severity": rule.severity,
        "expectation": rule.expectation,
        "kwargs": dict(rule.kwargs),
        "passed": verdict.passed,
        "evaluated": verdict.evaluated,
        "observed": verdict.observed,
        "named": [list(entry) for entry in verdict.blamed.named],
        "more": verdict.blamed.more,
        "columns": list(verdict.blamed.columns),
    }


def verdict_of(rule: Rule, entry: Mapping[str, Any]) -> Verdict:
    """The verdict that a record keeps; one of an earlier program names nothing."""
    named = tuple((str(name), int(number)) for name, number in entry.get("named", ()))
    blamed = Blame(named, int(entry.get("more", 0)), tuple(entry.get("columns", ())))
    return Verdict(rule, entry["passed"], entry["evaluated"], entry["observed"], blamed)


def lay_beside(staged: Staged, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Put both files beside the staged tables, published or refused; the records, for the manifest."""
    records = [record(verdict) for verdict in verdicts]
    head = {"snapshot": staged.snapshot.name, "partition": staged.partition, "version": staged.version}
    content = json.dumps({**head, "rules": records}, indent=1, sort_keys=True)
    staged.lay_beside(JSON, f"{content}\n".encode())
    rows = {table.name: staged.rows(table.name) for table in staged.snapshot}
    staged.lay_beside(HTML, page(head, rows, records).encode())
    return records


def told(verdict: Verdict) -> str:
    """A broken rule in a line for people: its name, what was counted, and what broke it."""
    counted = "could not be evaluated" if not verdict.evaluated else f"{verdict.observed:g}"
    return f"{verdict.rule.name} ({'; '.join(part for part in (counted, verdict.blamed.words) if part)})"


def metadata(verdict: Verdict) -> dict[str, str]:
    """What broke a rule, for its check result."""
    blamed = verdict.blamed
    named = {"broken by": Blame(blamed.named, blamed.more).words} if blamed.named else {}
    return named | ({"looks at": Blame(columns=blamed.columns).words} if blamed.columns else {})


def link(version: Version, home: Path) -> dict[str, dg.PathMetadataValue]:
    """Where the page of a version is, from the folder that holds the side's home; nothing where it is missing.

    Args:
        version: A published version.
        home: Folder of the side.
    """
    path = version.page(HTML)
    return {"validation": dg.MetadataValue.path(os.path.relpath(path, home.parent))} if path else {}
