"""``release``: what may be published of an industry. ``what-if`` shows how much each profile would leave.

Prints numbers of figures, never a figure. Not here: the acts of people on a release (release_acts.py).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar, release_acts
from credential_pipeline.foundation.contracts import person_keys, reference_population
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.registry.profiles import PROFILES

if TYPE_CHECKING:
    from credential_pipeline.enclave.outcome_release.what_if import Kept
    from credential_pipeline.foundation.registry.model import Industry
    from credential_pipeline.foundation.registry.profiles import Profile
    from credential_pipeline.foundation.storage.engine import Connection

_COLUMNS = ("table", "figures", "shown", "hidden", "not available", "coarsened", "learners shown")


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    words = ("what-if", *release_acts.WORDS)
    below = grammar.group(
        commands, "release", "what may be published of an industry", "release what-if manufacturing", *words
    )
    parser = grammar.command(
        below,
        "what-if",
        "how many figures each release profile would show and hide",
        "release what-if manufacturing --profile standard --profile one-off",
        what_if,
    )
    parser.add_argument("industry", metavar="INDUSTRY")
    parser.add_argument(
        "--profile",
        action="append",
        choices=sorted(PROFILES),
        metavar="NAME",
        help=f"one of {', '.join(PROFILES)}; may be given again; all of them if not given",
    )
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    release_acts.add(below)


def what_if(arguments: argparse.Namespace) -> int:
    """Tabulate and mark the figures by each profile, and say what would be shown.

    Raises:
        SafeError: The industry is unknown, nothing is tabulated yet, or the counts cannot be protected.
    """
    industry = environment.registry().industry(arguments.industry)
    found = _kept(industry, arguments.profile or list(PROFILES))
    if arguments.json:
        print(json.dumps([asdict(kept) for kept in found], indent=2))
        return 0
    print(f"{industry.industry}: what each profile would leave, before it is attacked")
    for name in dict.fromkeys(kept.profile for kept in found):
        here = " (this industry's)" if name == industry.disclosure.profile else ""
        print(f"\n{name}{here}")
        print("\n".join(_table([kept for kept in found if kept.profile == name])))
    return 0


def _kept(industry: Industry, profiles: list[str]) -> list[Kept]:
    from assets.console.engine import connect, store
    from credential_pipeline.enclave.outcome_release import what_if
    from credential_pipeline.enclave.outcome_release.releases import last_release
    from credential_pipeline.enclave.outcome_tables.plan import plan_for
    from credential_pipeline.enclave.outcome_tables.tabulation import tabulate

    kept = store(Side.ENCLAVE)
    reads = [kept.current(person_keys.SNAPSHOT, industry.industry), kept.current(reference_population.SNAPSHOT)]
    last = last_release(environment.side_home(Side.ENCLAVE), industry.industry)
    earlier = environment.side_home(Side.ENCLAVE) / last.file if last is not None else None
    plan = plan_for(industry, environment.registry())

    def tabulated(con: Connection, profile: Profile) -> None:
        con.execute("DROP SCHEMA IF EXISTS outcome_tables CASCADE")
        con.execute("CREATE SCHEMA outcome_tables")
        tabulate(con, plan.with_profile(profile), earlier)

    with connect(Side.ENCLAVE) as con:
        for version in reads:
            version.attach(con)
        con.execute("CREATE SCHEMA outcome_release")
        return list(what_if.what_if(con, industry.disclosure, profiles, tabulated))


def _table(rows: list[Kept]) -> list[str]:
    texts = [list(_COLUMNS)] + [
        [
            row.table,
            *(f"{number:,}" for number in (row.figures, row.shown, row.hidden, row.not_available, row.coarsened)),
            f"{row.learners_shown:.1%}",
        ]
        for row in rows
    ]
    widths = [max(len(line[place]) for line in texts) for place in range(len(_COLUMNS))]
    return [
        "  "
        + line[0].ljust(widths[0])
        + "".join(f"  {word.rjust(width)}" for word, width in zip(line[1:], widths[1:], strict=True))
        for line in texts
    ]
