"""``returns``: what goes back to one person on their own request: the record that certifiers and schools hold of them."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import SHARED, Side


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    below = grammar.group(
        commands,
        "returns",
        "what goes back to one person",
        "returns person 0f3c5e --out r.json --reason Asked",
        "person",
    )
    person = grammar.command(
        below,
        "person",
        "write a person's own credentials and enrollments as a learner record (Open Badges 3.0, CLR 2.0), unsigned",
        'returns person 0f3c5e7a9b1d2468ace0 --out record.json --reason "Asked in writing, identity seen"',
        _person,
    )
    person.add_argument("learner_id", metavar="LEARNER_ID")
    person.add_argument("--out", type=Path, required=True, metavar="FILE", help="a file that does not exist yet")
    person.add_argument(
        "--reason", required=True, metavar="TEXT", help="why the person gets it; goes into the record of disclosures"
    )


def _person(arguments: argparse.Namespace) -> int:
    """Write the file, after a line in the record of disclosures.

    Raises:
        SafeError: Own records are not allowed, no reason is given, the learner is unknown, or the file can't be written.
    """
    from assets.console.engine import connect, store
    from credential_pipeline.clearinghouse.disclosure_record import DisclosureRecord
    from credential_pipeline.clearinghouse.return_files.person_record import own_record, prepare_disclosure
    from credential_pipeline.foundation.contracts import SNAPSHOTS
    from credential_pipeline.foundation.storage.durable import write_atomically
    from credential_pipeline.foundation.storage.private_files import write_failure

    _refuse_unless_allowed(arguments)
    registry, clearinghouse = environment.registry(), store(Side.CLEARINGHOUSE)
    now = datetime.datetime.now(datetime.UTC)
    access.record(Side.CLEARINGHOUSE, "returns person", ["own record"])
    for name in registry.industry_names:
        reads = [SNAPSHOTS["cleaned_learners"], SNAPSHOTS["linked_records"], SNAPSHOTS["education_registry"]]
        versions = [clearinghouse.find(one, name if one.partitioned else SHARED) for one in reads]
        if None in versions:
            continue
        sender = registry.industry(name).agreement
        issuer = sender.sender if sender else "Education clearinghouse"
        with connect(Side.CLEARINGHOUSE) as con:
            for version in versions:
                if version is not None:
                    version.attach(con)
            own = own_record(con, arguments.learner_id, registry.certifiers_of(name), issuer, now)
            if own is None:
                continue
            record = DisclosureRecord(environment.side_home(Side.CLEARINGHOUSE))
            package_id = prepare_disclosure(con, record, own, name, issuer, arguments.reason, now)
        try:
            write_atomically(arguments.out, (json.dumps(own.content, indent=2, ensure_ascii=False) + "\n").encode())
        except OSError as error:
            record.void(package_id, now)
            raise write_failure(error, arguments.out.absolute().parent) from None
        record.complete(package_id, now)
        _tell(own.credentials, own.schooling, arguments.out, unsure=own.unsure, blocked=own.blocked)
        return 0
    raise SafeError("E_NO_LEARNER", "No learner has this id in any industry: `export links` tells the ids.")


def _refuse_unless_allowed(arguments: argparse.Namespace) -> None:
    if not environment.own_records():
        message = (
            "Own records are not given here: when it is settled how a person's identity is checked, allow them with"
            " CREDENTIAL_PIPELINE_OWN_RECORDS=on."
        )
        raise SafeError("E_NOT_ALLOWED", message)
    if not arguments.reason.strip():
        raise SafeError("E_REASON", "--reason: say why the person gets the record, for example how they asked.")
    if not arguments.out.absolute().parent.is_dir():
        raise SafeError("E_NO_FOLDER", f"--out: the folder of {arguments.out.name} does not exist; make it first.")
    if arguments.out.exists():
        raise SafeError("E_EXISTS", f"--out {arguments.out.name}: there is such a file; name another one.")


def _tell(credentials: int, schooling: int, out: Path, *, unsure: bool, blocked: bool) -> None:
    print(f"{credentials} credentials and {schooling} enrollments and degrees written to {out}, unsigned")
    if unsure:
        print("left out: enrollments and degrees, since it is not sure enough that they are this person's")
    if blocked:
        print("this person opted out of sharing: the file is for them alone")
