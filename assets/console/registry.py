"""``registry check``: every YAML file, whether agreements are in force, and what waits in the inbox, before anything runs."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.load import load_registry

if TYPE_CHECKING:
    from credential_pipeline.clearinghouse.onboarding.waiting import Finding
    from credential_pipeline.foundation.registry.load import Registry


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "registry", "work on the registry's YAML", "registry check --registry my-registry", execute
    )
    parser.add_argument(
        "action", choices=["check"], metavar="check", help="check: every file, every agreement, every waiting header"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Tell all mistakes at once, each with file, line, key and what is allowed; 1 if there are any."""
    del arguments
    today = environment.today()
    mistakes: list[SafeError] = []
    registry = load_registry(environment.extra_registry(), mistakes.append)
    whole = not mistakes
    mistakes += [*_without_prices(registry), *_not_in_force(registry, today, whole=whole)]
    findings = _inbox(registry, whole=whole)
    refused = [*map(str, mistakes), *(finding.text for finding in findings if finding.wrong)]
    for line in refused:
        print(f"refused: {line}", file=sys.stderr)
    warnings = [
        *_without_agreement(registry, whole=whole),
        *_wages_of_the_pilot(registry, today),
        *(one.text for one in findings if not one.wrong),
    ]
    for line in warnings:
        print(f"warning: {line}")
    counts = f"{len(registry.industries)} industries, {len(registry.certifiers)} certifiers"
    said = f"{len(refused)} {'mistake' if len(refused) == 1 else 'mistakes'}" if refused else "no mistakes"
    print(f"registry: {counts}, {len(registry.agreements)} agreements on {today}, {said}")
    for name, industry in sorted(registry.industries.items()):
        agreement = f"; agreement {industry.agreement.id}" if industry.agreement else ""
        print(f"  {name}: {industry.name}; {', '.join(industry.certifiers)}{agreement}")
    return 1 if refused else 0


def _inbox(registry: Registry, *, whole: bool) -> list[Finding]:
    """What is to be said of the deliveries that wait."""
    inbox = environment.side_home(Side.CLEARINGHOUSE) / "inbox"
    if not inbox.is_dir():
        return []
    from assets.console.engine import connect
    from credential_pipeline.clearinghouse.onboarding.waiting import look_at_inbox

    with connect(Side.CLEARINGHOUSE) as con:
        return list(look_at_inbox(con, inbox, registry, whole=whole))


def _without_prices(registry: Registry) -> Iterator[SafeError]:
    """Industries whose amounts would be in dollars of a year without a price index."""
    from credential_pipeline.foundation.reference.load import years_of

    known = years_of("cpi_u")
    for name, industry in sorted(registry.industries.items()):
        if industry.base_year not in known:
            yield SafeError(
                "E_CPI",
                f"industries/{name}.yml: base_year {industry.base_year} has no consumer price index; choose one of "
                f"{min(known)} to {max(known)}, or add the year to credential_pipeline/foundation/reference/cpi_u.csv.",
            )


def _not_in_force(registry: Registry, today: datetime.date, *, whole: bool) -> Iterator[SafeError]:
    """Every agreement that somebody needs and that does not hold today; none is missed unless the ``whole`` registry is loaded."""
    from credential_pipeline.engines.handover.agreement import release_terms, require_agreement, require_in_force

    unnamed = _unnamed(registry) if whole else []
    for industry in registry.industries.values():
        if industry.agreement is None and not unnamed:
            continue  # Told as a warning.
        try:
            release_terms(require_agreement(industry, today), today)
        except SafeError as error:
            yield (
                error if industry.agreement else SafeError(error.code, f"{error.message} {_no_industry_names(unnamed)}")
            )
    for wages in registry.wage_agreements:
        try:
            require_in_force(wages, today, f"Wages of {', '.join(wages.states)}")
        except SafeError as error:
            yield error
    if whole and not registry.wage_agreements:
        yield SafeError("E_NO_WAGE_AGREEMENT", "No agreement on the use of wages (kind: wages) is in agreements/.")


def _without_agreement(registry: Registry, *, whole: bool) -> Iterator[str]:
    """A line for every industry that needs no agreement yet: it runs up to the links, and nothing of it may leave."""
    if whole and _unnamed(registry):
        return  # One of them is its own, as far as anybody can see: a mistake.
    for name, industry in sorted(registry.industries.items()):
        if industry.agreement is None:
            yield (
                f"industries/{name}.yml names no agreement: {name} runs up to linked_records; census_extract needs one: enter it in "
                f"agreements/ and name it under the key 'agreement' [E_NO_AGREEMENT]"
            )


def _wages_of_the_pilot(registry: Registry, today: datetime.date) -> Iterator[str]:
    """A line if the built-in agreement lets wages be used of states that one's own agreements do not name: nobody agreed to that."""
    from credential_pipeline.foundation.registry.agreements import covered_states

    extra = environment.extra_registry()
    own = [one for one in registry.wage_agreements if extra and (extra / "agreements" / f"{one.id}.yml").is_file()]
    built_in = [one for one in registry.wage_agreements if one not in own]
    states = sorted(covered_states(built_in, today).keys() - covered_states(own, today).keys())
    if own and states:
        yield (
            f"agreements/{built_in[0].id}.yml is built in, for the simulated pilot, and lets wages be used of {len(states)} states that your "
            f"agreements do not name ({states[0]} to {states[-1]}): lay a file of that name over it, with what is agreed [E_BUILT_IN_WAGES]"
        )


def _unnamed(registry: Registry) -> list[str]:
    """Agreements on an extract that no industry names."""
    from credential_pipeline.foundation.registry.agreements import Agreement

    named = {industry.agreement.id for industry in registry.industries.values() if industry.agreement}
    return sorted(name for name, one in registry.agreements.items() if isinstance(one, Agreement) and name not in named)


def _no_industry_names(agreements: list[str]) -> str:
    return f"No industry names {', '.join(agreements)}: name it under the key 'agreement', or remove it."
