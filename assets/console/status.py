"""``status``: what is current, how large, since when, and what its gate said."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar, intake, release_acts
from checks import faults
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import HOPS, SHARED

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.snapshots import Version


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "status", "each hop's current version, rows, time and gates", "status manufacturing", execute
    )
    parser.add_argument("industry", nargs="*", metavar="INDUSTRY", help="all industries if none is given")


def execute(arguments: argparse.Namespace) -> int:
    """Print one line per hop for the industries that were asked for, or all; 1 if a person is needed."""
    registry = environment.registry()
    names = [registry.industry(name).industry for name in arguments.industry] or list(registry.industry_names)
    alarming = False
    for name in names:
        print(f"{name}")
        held = intake.waiting(name)
        current = {hop: _find_or_say(hop, name) for hop in HOPS}
        for hop, version in current.items():
            refused = _refused(hop, name)
            print("  " + (version if isinstance(version, str) else _line(hop, version, current)) + refused)
            alarming = alarming or isinstance(version, str) or bool(refused)
        for line in held:
            print(f"  {line}")
        waits = "" if isinstance(current["outcome_release"], str) else _waiting(name)
        if waits:
            print(f"  {waits}")
        alarming = alarming or bool(waits or held)
    return 1 if alarming else 0


def _waiting(industry: str) -> str:
    """What people have still to do about the industry's release, or why nobody can tell; empty if nothing."""
    try:
        return release_acts.waiting(industry)
    except SafeError as error:
        return str(error)


def _find_or_say(hop: str, industry: str) -> Version | str | None:
    """The current version, or a line that says what is wrong with it."""
    try:
        version = find(hop, industry)
        if version is not None:
            for table in version.snapshot:
                version.path(table.name)
    except SafeError as error:
        return f"{hop:<21} damaged: {error}"
    except OSError as error:
        return f"{hop:<21} cannot be read: {faults.explain(error, environment.home())}"
    return version


def _refused(hop: str, industry: str) -> str:
    """What the gate said to the last run, if it published nothing since."""
    from assets.console.engine import store

    snapshot = SNAPSHOTS[hop]
    try:
        attempt = store(snapshot.side).attempt(snapshot, industry if snapshot.partitioned else SHARED)
    except (SafeError, OSError):  # told of the hop itself, where it keeps anybody from the current version
        return ""
    if attempt is None:
        return ""
    verdicts = attempt.manifest.verdicts
    broken = [entry["rule"] for entry in verdicts if not entry["passed"] and entry["severity"] == "block"]
    return f"  (refused at {attempt.manifest.published_at}: {', '.join(broken)})"


def find(hop: str, industry: str) -> Version | None:
    """The current version of a hop, on whichever side it is kept."""
    from assets.console.engine import store

    snapshot = SNAPSHOTS[hop]
    return store(snapshot.side).find(snapshot, industry if snapshot.partitioned else SHARED)


def _line(hop: str, version: Version | None, current: Mapping[str, Version | str | None]) -> str:
    if version is None:
        return f"{hop:<21} not published"
    facts = version.manifest
    first = version.snapshot.tables[0].name
    broken = [verdict["rule"] for verdict in facts.verdicts if not verdict["passed"]]
    newer = [
        name
        for name, used in facts.inputs.items()
        if (now := current.get(name)) is not None and not isinstance(now, str) and now.name != used
    ]
    gates = f"{len(facts.verdicts) - len(broken)}/{len(facts.verdicts)} rules hold"
    notes = [f"warns: {', '.join(broken)}"] if broken else []
    notes += [f"stale: {', '.join(newer)} is newer"] if newer else []
    return f"{hop:<21} {facts.version}  {version.rows(first):>11,} {first:<19} {facts.published_at}  {gates}" + (
        f"  ({'; '.join(notes)})" if notes else ""
    )
