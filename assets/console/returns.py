"""``returns``: what goes back to the partners of an industry; or, on a person's own request, what is held of that person."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import SHARED, Side


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "returns",
        "what goes back to the partners of an industry, or to one person on request",
        "returns manufacturing\n  "
        f'{grammar.PROGRAM} returns --person L03ae4dc7f8fe55ef --out record.json --reason "Asked in writing, identity seen"',
        execute,
    )
    parser.add_argument("industry", nargs="*", metavar="INDUSTRY", help="give its partners what agreements allow")
    parser.add_argument(
        "--person",
        metavar="LEARNER_ID",
        help="write a person's own credentials and enrollments as a learner record (Open Badges 3.0, CLR 2.0), unsigned",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="of a person's record: a file that does not exist yet")
    parser.add_argument(
        "--reason",
        type=grammar.one_line,
        default="",
        metavar="TEXT",
        help="why the person gets it; goes into the record of disclosures",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Give partners what they get, or one person the own record."""
    if arguments.person is None:
        return _partners(arguments)
    if arguments.out is None or arguments.industry:
        raise SafeError("E_USAGE", "returns --person LEARNER_ID --out FILE --reason TEXT: name a file and no industry.")
    return _person(arguments)


def _partners(arguments: argparse.Namespace) -> int:
    """Run the hop of each industry; 1 if a gate or a request was refused."""
    from assets.console import run

    if not arguments.industry:
        raise SafeError("E_USAGE", "returns INDUSTRY …: name an industry, or a person with --person LEARNER_ID.")
    names = list(dict.fromkeys(environment.registry().industry(name).industry for name in arguments.industry))
    refused = run.hops_of(names, ["return_files"])
    unread = [line for name in names if name not in refused for line in _tell_partners(name)]
    for line in unread:
        print(f"refused: {line}", file=sys.stderr)
    return 1 if refused or unread else 0


def _tell_partners(industry: str) -> list[str]:
    """Print where each partner's delivery lies; return a line for each request that was refused."""
    from assets.console.engine import connect, store
    from credential_pipeline.clearinghouse.return_files.partners import FOLDER, RETURNS
    from credential_pipeline.foundation.contracts.return_files import SNAPSHOT
    from credential_pipeline.foundation.file_names import is_plain

    version = store(Side.CLEARINGHOUSE).find(SNAPSHOT, industry)
    if version is None:
        return []
    for partner, folder in sorted(version.manifest.facts.get("deliveries", {}).items()):
        print(
            f"{partner}: {environment.side_home(Side.CLEARINGHOUSE) / FOLDER / partner / RETURNS / industry / folder}"
        )
    with connect(Side.CLEARINGHOUSE) as con:
        version.attach(con)
        found = con.execute(
            "SELECT partner, file, request_id, reason_code, line FROM return_files.requests WHERE state = 'refused' ORDER BY ALL"
        ).fetchall()
    return [
        f"{partner} {file if is_plain(file) else request_id}: {code}{f', line {line}' if line else ''}; see"
        f" docs/how-to/{'pdp' if code.startswith('E_PDP_') else 'student-tracker'}.md, and ask the partner to send it again"
        for partner, file, request_id, code, line in found
    ]


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
    access.record(Side.CLEARINGHOUSE, "returns --person", ["own record"])
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
            own = own_record(con, arguments.person, registry.certifiers_of(name), issuer, now)
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
