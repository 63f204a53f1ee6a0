"""``registry check``: validate every YAML file."""

import argparse

from assets import environment
from assets.console import grammar


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands, "registry", "work on the registry's YAML", "registry check --registry my-registry", execute
    )
    parser.add_argument("action", choices=["check"], metavar="check", help="check: validate every file")


def execute(arguments: argparse.Namespace) -> int:
    """Load the registry and say what is in it.

    Raises:
        SafeError: A file is wrong; the message names the file, the key and what is allowed.
    """
    del arguments
    registry = environment.registry()
    print(f"registry: {len(registry.industries)} industries, {len(registry.certifiers)} certifiers, no mistakes")
    for name, industry in sorted(registry.industries.items()):
        print(f"  {name}: {industry.name}; {', '.join(industry.certifiers)}")
    return 0
