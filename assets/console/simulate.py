"""``simulate``: write a simulated pilot under home."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.progress import PROGRESS
from credential_pipeline.foundation.registry.load import Registry, load_registry
from credential_pipeline.foundation.storage.durable import write_atomically

if TYPE_CHECKING:
    from credential_pipeline.simulation.simulate import SimulationSummary

#: The report shows it as a banner; a real installation may write its own, or remove it.
_NOTICE = "Simulated records: nobody in this report exists, and no figure says anything about a real credential."


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "simulate",
        "write a simulated pilot under home, with its truth kept apart",
        "simulate --learners 1500 --registry-size 12000 --seed 7",
        execute,
    )
    parser.add_argument(
        "--learners", type=grammar.positive, default=119_000, metavar="N", help="learners of each industry (119000)"
    )
    parser.add_argument(
        "--registry-size", type=grammar.positive, default=1_000_000, metavar="N", help="registry's students (1000000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same files (1)")
    parser.add_argument(
        "--industry",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="industries to simulate; those of the pilot if not given",
    )
    parser.add_argument(
        "--variant", metavar="NAME", help="a world that differs in one thing, such as quarterly or zero_effect"
    )
    parser.add_argument(
        "--until-date",
        type=_day,
        metavar="YYYY-MM-DD",
        help="what is sent and known by that day; a later day in the same home adds to it",
    )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("give a day as YYYY-MM-DD") from None


def execute(arguments: argparse.Namespace) -> int:
    """Simulate the industries that were asked for, or those of the pilot."""
    sizes = (arguments.learners, arguments.registry_size, arguments.seed)
    write(arguments.industry, *sizes, arguments.variant, arguments.until_date)
    return 0


def _say(line: str) -> None:
    PROGRESS.info("simulate: %s", line)


def pilot(registry: Registry) -> list[str]:
    """Industries that are simulated if none is named: those with a world of their own, and those of an extra registry.

    The other shipped ones are simulated by name, so that they neither change the pilot nor lengthen it.
    """
    from credential_pipeline.simulation.world import has_world

    shipped = load_registry().industries
    return [name for name in registry.industry_names if has_world(name) or name not in shipped]


def write(
    industries: Sequence[str] | None = None,
    learners: int = 119_000,
    registry_size: int = 1_000_000,
    seed: int = 1,
    variant: str | None = None,
    until: datetime.date | None = None,
) -> None:
    """Write the simulated pilot.

    Args:
        industries: Names of industries; those of the pilot if none.
        learners: Learners of an industry whose world says ``learner_share: 1``.
        registry_size: Students of the education registry.
        seed: The same seed gives the same files.
        variant: A world that differs in one thing.
        until: Last day of which anything is known; the end of the world if None.

    Raises:
        SafeError: An industry or the variant is unknown, or home holds files of another world.
    """
    from credential_pipeline.enclave.outcome_release.demo import enroll_demo_people
    from credential_pipeline.simulation.simulate import simulate
    from credential_pipeline.simulation.until import simulate_until
    from credential_pipeline.simulation.variant import load_variant

    registry = environment.registry()
    names = [registry.industry(name).industry for name in industries or pilot(registry)]
    changes = load_variant(variant) if variant else None

    def whole(home: Path) -> SimulationSummary:
        return simulate(home, registry, names, learners, registry_size, seed, _say, changes)

    if until is None:
        whole(environment.home())
    else:
        simulate_until(until, environment.home(), registry, names, whole)
    enclave = environment.side_home(Side.ENCLAVE)
    enroll_demo_people(enclave)
    write_atomically(enclave / "notice.txt", _NOTICE.encode())
