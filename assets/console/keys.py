"""``keys``: each side's own keys, with fingerprints: make, look at, take in the other side's, replace."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.engines.handover.keyring import Held


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    below = grammar.group(
        commands, "keys", "each side's own keys", "keys show --side enclave", "make", "show", "import", "rotate"
    )
    make = grammar.command(below, "make", "make the keys that are missing", "keys make --side enclave", _make)
    show = grammar.command(below, "show", "fingerprints of all keys, to be read out", "keys show", _show)
    rotate = grammar.command(
        below, "rotate", "replace a side's own keys by new ones", "keys rotate --side clearinghouse", _rotate
    )
    take_in = grammar.command(
        below,
        "import",
        "take in the other side's public key, once its fingerprint is confirmed",
        "keys import clearinghouse_to_enclave.sender.pub --side enclave --fingerprint 0123456789abcdef0123456789abcdef",
        _import,
    )
    for parser in (make, show):
        parser.add_argument("--side", choices=[side.value for side in Side], help="one side only; all if not given")
    for parser in (rotate, take_in):
        parser.add_argument("--side", choices=[side.value for side in Side], required=True, help="whose keys")
    take_in.add_argument("file", type=Path, metavar="FILE", help="the public file that the other side made")
    take_in.add_argument(
        "--fingerprint",
        required=True,
        metavar="HEX",
        help="as the other side read it out, by another way than the file came",
    )


def ensure() -> None:
    """Make missing keys if all three sides share this machine; elsewhere each side makes and exchanges its own."""
    from credential_pipeline.engines.handover.keyring import LINKS
    from credential_pipeline.engines.handover.keys import ensure_local_keys

    if environment.one_machine():
        for link, (sender, recipient) in LINKS.items():
            ensure_local_keys(environment.side_home(sender), environment.side_home(recipient), link)


def _make(arguments: argparse.Namespace) -> int:
    from credential_pipeline.engines.handover import keyring

    if arguments.side is None:
        ensure()
    return _tell(arguments, keyring.make)


def _show(arguments: argparse.Namespace) -> int:
    from credential_pipeline.engines.handover import keyring

    return _tell(arguments, keyring.show)


def _rotate(arguments: argparse.Namespace) -> int:
    from credential_pipeline.engines.handover import keyring

    code = _tell(arguments, keyring.rotate)
    print("Carry the new public files to the other side, which takes them in with `keys import`; then run again.")
    return code


def _import(arguments: argparse.Namespace) -> int:
    from credential_pipeline.engines.handover import keyring

    side = Side(arguments.side)
    held = keyring.take_in(environment.side_home(side), side, arguments.file, arguments.fingerprint)
    print(f"{side.value}: {_line(held)}")
    return 0


def _tell(arguments: argparse.Namespace, act: Callable[[Path, Side], list[Held]]) -> int:
    for side in [Side(arguments.side)] if arguments.side else list(Side):
        for held in act(environment.side_home(side), side):
            print(f"{side.value}: {_line(held)}")
    return 0


def _line(held: Held) -> str:
    whose = "own" if held.ours else "other side's"
    return f"{held.link} {held.role} ({whose})  {held.fingerprint or 'missing: take it in with `keys import`'}  {held.path}"
