"""``simulate``: write a simulated pilot under home."""

import argparse
import logging
from collections.abc import Sequence

from assets import environment
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.storage.durable import write_atomically
from credential_pipeline.simulation.simulate import simulate

#: The report shows it as a banner; a real installation may write its own, or remove it.
_NOTICE = "Simulated records: nobody in this report exists, and no figure says anything about a real credential."
_PROGRESS = logging.getLogger("credential_pipeline.progress")


def execute(arguments: argparse.Namespace) -> int:
    """Simulate the industries that were asked for, or all."""
    write(arguments.industry, arguments.learners, arguments.registry_size, arguments.seed)
    return 0


def write(
    industries: Sequence[str] | None = None, learners: int = 119_000, registry_size: int = 1_000_000, seed: int = 1
) -> None:
    """Write the simulated pilot.

    Raises:
        SafeError: An industry is unknown, or home holds files that are not simulated.
    """
    registry = environment.registry()
    names = [registry.industry(name).industry for name in industries] if industries else list(registry.industry_names)
    simulate(
        environment.home(),
        registry,
        names,
        learners=learners,
        registry_size=registry_size,
        seed=seed,
        progress=lambda line: _PROGRESS.info("simulate: %s", line),
    )
    public = environment.side_home(Side.PUBLIC)
    public.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_atomically(public / "notice.txt", _NOTICE.encode())
