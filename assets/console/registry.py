"""``registry check``: validate every YAML file, and see that agreements are in force before any linkage runs."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.errors import SafeError

if TYPE_CHECKING:
    from credential_pipeline.foundation.registry.load import Registry


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "registry", "work on the registry's YAML", "registry check --registry my-registry", execute
    )
    parser.add_argument("action", choices=["check"], metavar="check", help="check: validate every file, and agreements")


def execute(arguments: argparse.Namespace) -> int:
    """Load the registry and say what is in it.

    Raises:
        SafeError: A file is wrong, and the message names the file, the key and what is allowed; or an agreement is missing,
            expired or not yet in force: all of these at once.
    """
    del arguments
    registry = environment.registry()
    today = environment.today()
    mistakes = list(_not_in_force(registry, today))
    if mistakes:
        raise SafeError(mistakes[0].code, " ".join(mistake.message for mistake in mistakes))
    counts = f"{len(registry.industries)} industries, {len(registry.certifiers)} certifiers"
    print(f"registry: {counts}, {len(registry.agreements)} agreements in force on {today}, no mistakes")
    for name, industry in sorted(registry.industries.items()):
        agreement = f"; agreement {industry.agreement.id}" if industry.agreement else ""
        print(f"  {name}: {industry.name}; {', '.join(industry.certifiers)}{agreement}")
    return 0


def _not_in_force(registry: Registry, today: datetime.date) -> Iterator[SafeError]:
    """Every agreement that somebody needs and that does not hold today."""
    from credential_pipeline.engines.handover.agreement import release_terms, require_agreement, require_in_force

    for industry in registry.industries.values():
        try:
            release_terms(require_agreement(industry, today), today)
        except SafeError as error:
            yield error
    for wages in registry.wage_agreements:
        try:
            require_in_force(wages, today, f"Wages of {', '.join(wages.states)}")
        except SafeError as error:
            yield error
    if not registry.wage_agreements:
        yield SafeError("E_NO_WAGE_AGREEMENT", "No agreement on the use of wages (kind: wages) is in agreements/.")
