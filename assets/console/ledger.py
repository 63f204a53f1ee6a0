"""``ledger``: whether all ledgers are whole, and who received data on a learner."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.chain import Chain


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    below = grammar.group(
        commands,
        "ledger",
        "the ledgers of disclosures, releases, arrivals, access and destruction",
        "ledger verify",
        "verify",
        "who",
    )
    grammar.command(below, "verify", "see whether every ledger is whole", "ledger verify", _verify)
    who = grammar.command(
        below,
        "who",
        "who received data on a learner, when, why and which columns (34 CFR 99.32)",
        "ledger who 0f3c5e7a9b1d2468ace0",
        _who,
    )
    who.add_argument("learner_id", metavar="LEARNER_ID")


def _verify(arguments: argparse.Namespace) -> int:
    """Look at every ledger; a broken one does not keep the others from being looked at."""
    del arguments
    whole = True
    for side, chain in _ledgers():
        try:
            lines = _lines(side, chain)
        except SafeError as error:
            print(f"refused: {error}", file=sys.stderr)
            whole = False
        else:
            print(f"{side.value} {chain.name}: whole, {lines} lines")
    return 0 if whole else 1


def _lines(side: Side, chain: Chain) -> int:
    """How many lines a ledger has; that of releases is held against its sealed packages and its files, too."""
    from credential_pipeline.enclave.outcome_release import ledger
    from credential_pipeline.enclave.outcome_release.hand_over import whole_releases

    home = environment.side_home(side)
    if chain.path == ledger.chain(home).path:
        return whole_releases(home, environment.transfer().releases)
    return chain.head().lines


def _ledgers() -> Iterator[tuple[Side, Chain]]:
    from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
    from credential_pipeline.clearinghouse.raw_feeds import decisions
    from credential_pipeline.enclave.outcome_release import ledger, noisy_counts
    from credential_pipeline.engines.handover.arrivals import Arrivals
    from credential_pipeline.foundation.storage import destruction

    clearinghouse, enclave, public = (environment.side_home(side) for side in Side)
    if clearinghouse.is_dir():
        yield Side.CLEARINGHOUSE, DisclosureRecord(clearinghouse).chain
        yield Side.CLEARINGHOUSE, decisions.chain(clearinghouse)
        yield Side.CLEARINGHOUSE, access.chain(clearinghouse)
        yield Side.CLEARINGHOUSE, destruction.chain(clearinghouse)
    if enclave.is_dir():
        yield Side.ENCLAVE, Arrivals(enclave).chain
        yield Side.ENCLAVE, ledger.chain(enclave)
        yield Side.ENCLAVE, noisy_counts.chain(enclave)
        yield Side.ENCLAVE, access.chain(enclave)
        yield Side.ENCLAVE, destruction.chain(enclave)
    if public.is_dir():
        yield Side.PUBLIC, Arrivals(public).chain


def _who(arguments: argparse.Namespace) -> int:
    """Print a line for each disclosure that holds the learner, and one for each table of it."""
    from assets.console.engine import connect
    from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord

    with connect(Side.CLEARINGHOUSE) as con:
        record = DisclosureRecord(environment.side_home(Side.CLEARINGHOUSE))
        found = record.who_received(con, arguments.learner_id, _other_ids(arguments.learner_id))
    for disclosure in found:
        facts = disclosure.facts
        print(
            f"{disclosure.when}  {facts['recipient']}  agreement {facts['agreement_id']}  package {disclosure.package_id}"
        )
        for basis, columns in facts["legal_basis"].items():
            print(f"  basis: {basis}: {', '.join(columns)}")
        print(f"  purpose: {facts['purpose']}; to be destroyed by {facts['destroy_by']}")
        if asked := facts.get("asked"):
            print(
                f"  asked: by account {asked['by']} of {facts['sender']}, under code {asked['code']}, query {asked['query']}, about"
                f" {facts['learners']:,} profiles"
            )
        for table, said in facts["tables"].items():
            print(f"  {table}: {', '.join(said['columns'])}")
    print(f"{len(found)} disclosures hold this learner" if found else "no disclosure holds this learner")
    return 0


def _other_ids(learner_id: str) -> set[str]:
    """Under which further ids the learner may be on record, in whichever industry it is known."""
    from assets.console.engine import connect, store
    from credential_pipeline.clearinghouse.people_on_record import other_ids
    from credential_pipeline.foundation.contracts import linked_records

    published, found = store(Side.CLEARINGHOUSE), set[str]()
    for industry in environment.registry().industry_names:
        version = published.find(linked_records.SNAPSHOT, industry)
        if version is not None:
            with connect(Side.CLEARINGHOUSE) as con:
                version.attach(con, tables=("learner_redirects", "record_ids"))
                found |= other_ids(con, learner_id)
    return found
