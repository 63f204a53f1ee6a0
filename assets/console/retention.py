"""``retention``: what must be destroyed and when, and its destruction, with a certificate.

Prints kinds, paths and reasons, never anything of what is in a file.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.names import Side
from credential_pipeline.foundation.progress import PROGRESS

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.due import Due

#: The public side holds nothing about a person.
_SIDES = (Side.CLEARINGHOUSE, Side.ENCLAVE)


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    below = grammar.group(
        commands,
        "retention",
        "what must be destroyed, and the certificate that it was",
        "retention due",
        "due",
        "destroy",
    )
    due = grammar.command(
        below, "due", "list what must be destroyed, when, why and under which agreement", "retention due", _due
    )
    destroy = grammar.command(
        below,
        "destroy",
        "destroy what is due, and write a certificate of it into the side's folder",
        "retention destroy --side enclave",
        _destroy,
    )
    due.add_argument("--json", action="store_true", help="the same as JSON")
    for parser in (due, destroy):
        parser.add_argument("--side", choices=[side.value for side in _SIDES], help="one side only; both if not given")
        parser.add_argument(
            "--today",
            type=_day,
            metavar="DATE",
            help="the day to count from, for example 2032-07-01 (the clock's)",
        )


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("give a date, for example 2032-07-01") from None


def _due(arguments: argparse.Namespace) -> int:
    """List everything by day; what is due today is marked."""
    today = arguments.today or environment.today()
    found = [(side, item) for side, items in _found(arguments.side) for item in items]
    if arguments.json:
        print(json.dumps([_plain(side, item, today) for side, item in found], indent=2))
        return 0
    for side, item in found:
        mark = "due  " if item.day <= today else "later"
        agreement = f"; agreement {item.agreement}" if item.agreement else ""
        print(f"{mark} {item.day}  {side.value}  {item.what}  {item.path}  ({item.why}{agreement})")
    now = sum(item.day <= today for _, item in found)
    print(f"{now} due on {today}, {len(found) - now} later" + ("; `retention destroy` destroys them" if now else ""))
    return 0


def _plain(side: Side, item: Due, today: datetime.date) -> dict[str, object]:
    return {
        "side": side.value,
        "what": item.what,
        "path": str(item.path),
        "day": item.day.isoformat(),
        "due": item.day <= today,
        "why": item.why,
        "agreement": item.agreement,
    }


def _destroy(arguments: argparse.Namespace) -> int:
    """Destroy what is due, side by side.

    Raises:
        SafeError: A ledger is not whole, or something can't be removed; what was removed before is certified by the next call.
    """
    from credential_pipeline.foundation.storage.destruction import destroy
    from credential_pipeline.foundation.storage.writer import writing

    today = arguments.today or environment.today()
    when = datetime.datetime.now(datetime.UTC)
    for side in _sides(arguments.side):
        home = environment.side_home(side)
        # Nobody writes a version while others go.
        with writing(home / "store", "retention destroy", _say_waiting):
            items = [item for _, found in _found(side.value) for item in found if item.day <= today]
            certificate = destroy(home, items, access.account(), when)
        if certificate is None:
            print(f"{side.value}: nothing is due on {today}")
            continue
        size = sum(int(entry["bytes"]) for entry in certificate.entries)
        print(f"{side.value}: {len(certificate.entries)} destroyed, {size:,} bytes; certificate {certificate.path}")
    return 0


def _say_waiting(writer: str) -> None:
    PROGRESS.info("waiting for %s, which writes the same store", writer)


def _sides(chosen: str | None) -> list[Side]:
    return [side for side in _SIDES if chosen in {None, side.value} and environment.side_home(side).is_dir()]


def _found(chosen: str | None) -> Iterator[tuple[Side, list[Due]]]:
    """What each side must destroy; a transfer folder that both see is the enclave's."""
    from credential_pipeline.clearinghouse import retention as clearinghouse
    from credential_pipeline.enclave import retention as enclave
    from credential_pipeline.foundation.storage.due import fault_log

    registry, transfer = environment.registry(), environment.transfer().extracts
    for side in _sides(chosen):
        due = clearinghouse.due if side is Side.CLEARINGHOUSE else enclave.due
        found = due(environment.side_home(side), registry, transfer)
        if side is Side.CLEARINGHOUSE and environment.one_machine():
            # The command line keeps its own log of faults beside the sides.
            found += fault_log(
                environment.home(), min((item.day for item in found if not item.agreement), default=None)
            )
        shared = side is Side.CLEARINGHOUSE and environment.one_machine()
        yield side, [item for item in found if not (shared and item.path.is_relative_to(transfer))]
