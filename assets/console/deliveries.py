"""``deliveries``: what certifiers sent and what became of it; held ones let through, others withdrawn."""

from __future__ import annotations

import argparse
import datetime
import json
from typing import TYPE_CHECKING

from assets import environment
from assets.console import access, grammar, intake
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.clearinghouse.raw_feeds.waiting import Listed

_SHORTEST = 6
"""Signs of a hash that are enough to mean a delivery."""


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    below = grammar.group(
        commands,
        "deliveries",
        "what certifiers sent, what waits, and what people decide on it",
        "deliveries list manufacturing",
        "list",
        "release",
        "withdraw",
    )
    shown = grammar.command(
        below,
        "list",
        "every delivery with its state, its rows, the reason and what to do",
        "deliveries list manufacturing",
        _list,
    )
    shown.add_argument("industry", nargs="+", metavar="INDUSTRY")
    shown.add_argument("--waiting", action="store_true", help="only those that wait for a person")
    shown.add_argument("--json", action="store_true", help="the same as JSON")
    for name, summary, execute in (
        ("release", "let a held delivery through as it is, or a withdrawn one count again", _release),
        ("withdraw", "take a delivery out: its rows count no longer", _withdraw),
    ):
        parser = grammar.command(
            below,
            name,
            summary,
            f"deliveries {name} manufacturing mssc-0f3c5e7a9b1d --reason 'confirmed by the sender'",
            execute,
        )
        parser.add_argument("industry", metavar="INDUSTRY")
        parser.add_argument("delivery", metavar="DELIVERY", help="its id, its file name, or CERTIFIER/FILE")
        parser.add_argument(
            "--reason", type=grammar.one_line, required=True, help="why; it is kept with your account and the time"
        )


def _list(arguments: argparse.Namespace) -> int:
    """Print the deliveries; file names that may be somebody's are not shown."""
    from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS

    registry = environment.registry()
    names = list(dict.fromkeys(registry.industry(name).industry for name in arguments.industry))
    found = {name: [one for one in intake.deliveries(name) if one.waits or not arguments.waiting] for name in names}
    if arguments.json:
        print(json.dumps([_plain(name, one) for name, items in found.items() for one in items], indent=2))
        return 0
    for name, items in found.items():
        print(name)
        for one in items:
            rows, accepted, aside, repeated = one.rows
            print(
                f"  {one.state:<9} {one.certifier}/{one.shown}  {one.id}  {rows:,} rows: {accepted:,} accepted, {aside:,} set"
                f" aside, {repeated:,} repeated" + (f"\n{'':12}{one.why}" if one.why else "")
            )
            for code, number in one.aside:
                print(f"{'':12}{number:,} of its rows: {REASONS[code]} [{code}]")
        for line in intake.passed_over(name):
            print(f"  {line}")
        waiting = sum(one.waits for one in items)
        listed = "" if arguments.waiting else f"{len(items)} {'delivery' if len(items) == 1 else 'deliveries'}, "
        print(f"  {listed}{waiting} waiting")
    return 0


def _plain(industry: str, one: Listed) -> dict[str, object]:
    from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS

    rows, accepted, aside, repeated = one.rows
    return {
        "industry": industry,
        "certifier": one.certifier,
        "delivery": one.shown,
        "delivery_id": one.id,
        "state": one.state,
        "waits": one.waits,
        "reason": one.reason_code,
        "why": one.why,
        "rows_in": rows,
        "rows_accepted": accepted,
        "rows_quarantined": aside,
        "rows_duplicate": repeated,
        "set_aside": [{"reason": code, "rows": number, "what_to_do": REASONS[code]} for code, number in one.aside],
    }


def _release(arguments: argparse.Namespace) -> int:
    """Let a held delivery through, or a withdrawn one count again.

    Raises:
        SafeError: E_DELIVERY: there is none of that name, several are, or it is not held; E_REASON; E_LEDGER_BROKEN.
    """
    from credential_pipeline.clearinghouse.raw_feeds.decisions import RELEASED
    from credential_pipeline.foundation.contracts.raw_feeds import HELD

    one = _meant(arguments)
    if one.state != HELD and one.reason_code != "WITHDRAWN":
        hint = "it cannot be read; deliver it again" if one.state == "refused" else f"it is {one.state}"
        raise SafeError("E_DELIVERY", f"{one.certifier}/{one.shown} is not held and cannot be released: {hint}.")
    _decide(arguments, one, RELEASED)
    print(
        f"released {one.certifier}/{one.shown} ({one.id}); `run {arguments.industry}` lets its {one.rows[0]:,} rows in"
    )
    return 0


def _withdraw(arguments: argparse.Namespace) -> int:
    """Take a delivery out.

    Raises:
        SafeError: E_DELIVERY: there is none of that name, or several are, or it is withdrawn; E_REASON; E_LEDGER_BROKEN.
    """
    from credential_pipeline.clearinghouse.raw_feeds.decisions import WITHDRAWN

    one = _meant(arguments)
    if one.unread:
        place = f"inbox/{arguments.industry}/{one.certifier}"
        raise SafeError("E_DELIVERY", f"{one.certifier}/{one.shown} was not read; take it out of {place} instead.")
    if one.reason_code == "WITHDRAWN":
        raise SafeError("E_DELIVERY", f"{one.certifier}/{one.shown} is withdrawn already.")
    _decide(arguments, one, WITHDRAWN)
    print(
        f"withdrawn {one.certifier}/{one.shown} ({one.id}); {one.rows[1]:,} accepted rows leave the counts with"
        f' `run {arguments.industry}`, until then nothing is handed over; what says "do not share" in it stays in force'
    )
    return 0


def _meant(arguments: argparse.Namespace) -> Listed:
    """The delivery that somebody means by an id, the begin of a hash, or a file name."""
    industry = environment.registry().industry(arguments.industry).industry
    word = arguments.delivery.removeprefix(f"inbox/{industry}/").strip("[]")
    found = [one for one in intake.deliveries(industry) if _names(one, word)]
    # The same bytes under two names are one delivery.
    contents = {(one.certifier, one.sha256) for one in found}
    if len(contents) != 1:
        what = "There are several deliveries" if contents else "There is no delivery"
        raise SafeError(
            "E_DELIVERY", f"{what} of that name in {industry}; `deliveries list {industry}` shows their ids."
        )
    return next((one for one in found if one.state != "replayed"), found[0])


def _names(one: Listed, word: str) -> bool:
    begin = word.removeprefix(f"{one.certifier}-")
    return word in {one.id, one.delivery, one.shown, f"{one.certifier}/{one.delivery}"} or (
        len(begin) >= _SHORTEST and one.sha256.startswith(begin)
    )


def _decide(arguments: argparse.Namespace, one: Listed, kind: str) -> None:
    from credential_pipeline.clearinghouse.raw_feeds.decisions import decide

    reason = " ".join(arguments.reason.split())
    if not reason or not reason.isprintable():
        raise SafeError("E_REASON", "--reason is empty; say in a few words why.")
    decide(
        environment.side_home(Side.CLEARINGHOUSE),
        kind,
        industry=arguments.industry,
        certifier=one.certifier,
        sha256=one.sha256,
        reason=reason,
        account=access.account(),
        when=datetime.datetime.now(datetime.UTC),
    )
