"""``keys``: make the key pairs of a one-machine installation where they are missing."""

import argparse

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.names import Side


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    grammar.command(
        commands, "keys", "make the keys of a one-machine installation where they are missing", "keys", execute
    )


def execute(arguments: argparse.Namespace) -> int:
    """Make missing keys and say where they are."""
    del arguments
    ensure()
    for side in Side:
        print(f"{side.value}: {environment.side_home(side) / 'keys'}")
    return 0


def ensure() -> None:
    """Make missing keys if all three sides share this machine; elsewhere each side makes and exchanges its own."""
    from credential_pipeline.engines.handover.keys import (
        CLEARINGHOUSE_TO_ENCLAVE,
        ENCLAVE_TO_PUBLICATION,
        ensure_local_keys,
    )

    if not environment.one_machine():
        return
    clearinghouse, enclave, public = (environment.side_home(side) for side in Side)
    ensure_local_keys(clearinghouse, enclave, CLEARINGHOUSE_TO_ENCLAVE)
    ensure_local_keys(enclave, public, ENCLAVE_TO_PUBLICATION)
