"""``ask``: a StudentTracker request about an industry's learners, for an organization that has no education registry."""

from __future__ import annotations

import argparse
import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.contracts import cleaned_learners, linked_records
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.engines.exchange.student_tracker.request import Header

_CODE = len("00233000")
_REPORTS = "education/student_tracker"


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "ask",
        "write a StudentTracker request about an industry's learners",
        'ask manufacturing --code 00233000 --name "Council of Steel" --since 2010-01-01 --out request.txt',
        execute,
    )
    parser.add_argument("industry", metavar="INDUSTRY")
    parser.add_argument("--code", required=True, metavar="DIGITS", help="your school code and branch: eight digits")
    parser.add_argument("--name", required=True, help="your name, as the service knows it")
    parser.add_argument(
        "--since", required=True, type=_day, metavar="DAY", help="look for enrollments from this day on"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the request, a .txt file")
    parser.add_argument("--query", default="CO", choices=("CO", "SE", "DA", "PA"), help="kind of the query (CO)")
    parser.add_argument(
        "--trial", type=Path, metavar="DIR", help="let a simulated service answer from this simulated education folder"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the request and its line of the record of disclosures, and in a trial the report.

    Raises:
        SafeError: The industry is unknown or its profiles are not published, no agreement allows the request, the code or the
            name is none, the links are older than what may say "do not share", or the file can't be written.
    """
    from assets.console.engine import connect, store
    from credential_pipeline.clearinghouse.education_registry.ask import people_to_ask, require_request
    from credential_pipeline.clearinghouse.education_registry.send_request import Asking, send_request
    from credential_pipeline.clearinghouse.opt_outs.lists import read_opt_outs
    from credential_pipeline.clearinghouse.opted_out_elsewhere import attach_opted_out
    from credential_pipeline.foundation.storage.relation import relation, scratch

    registry, now = environment.registry(), datetime.datetime.now(datetime.UTC)
    industry = registry.industry(arguments.industry).industry
    _refuse_files(arguments)
    today = environment.today()
    header = _header(arguments, today)
    agreement = require_request(registry.request_agreements, industry, header, today)
    home, published = environment.side_home(Side.CLEARINGHOUSE), store(Side.CLEARINGHOUSE)
    with connect(Side.CLEARINGHOUSE) as con, scratch(con) as work:
        published.current(cleaned_learners.SNAPSHOT, industry).attach(con)
        linked = published.find(linked_records.SNAPSHOT, industry)
        if linked is not None:
            _refuse_stale(industry)
            linked.attach(con, tables=("block_statements", "blocks", "learners", "profile_links"))
        learners = relation(con, "linked_records.profile_links") if linked is not None else None
        attach_opted_out(con, published, industry)
        access.record(Side.CLEARINGHOUSE, "ask", [f"{industry}: cleaned_learners.profiles"])
        people = people_to_ask(work, agreement, arguments.since, read_opt_outs(home), linked=linked is not None)
        asking = Asking(industry, agreement, header, access.account())
        size = send_request(work, people, learners, arguments.out, asking, home, now)
    print(
        f"{size:,} profiles of {industry} asked about in {arguments.out}, under agreement {agreement.id}; put the report into"
        f" {home / _REPORTS}"
    )
    if arguments.trial is not None:
        _try(arguments.trial, arguments.out, home / _REPORTS)
    return 0


def _refuse_stale(industry: str) -> None:
    """Refuse to name anybody while linkage has not heard all that may say "do not share"."""
    from assets.clearinghouse import heard
    from assets.hop import Step
    from assets.resources import side_resource

    heard.refuse_what_is_stale(Step(side_resource(Side.CLEARINGHOUSE), industry))


def _refuse_files(arguments: argparse.Namespace) -> None:
    """Look at the files before anybody is named: a trial that cannot be would leave a disclosure behind."""
    from credential_pipeline.clearinghouse.education_registry.send_request import was_cut_off

    out: Path = arguments.out
    if out.suffix != ".txt" or not out.absolute().parent.is_dir():
        raise SafeError("E_FORMAT", f"--out {out.name}: give a .txt file in a folder that exists.")
    if os.path.lexists(out) and not was_cut_off(out):
        raise SafeError("E_EXISTS", f"--out {out.name}: there is such a file; name another one.")
    if arguments.trial is not None and not (arguments.trial / "persons").is_dir():
        raise SafeError("E_NO_FOLDER", "--trial: give the education folder of a simulated pilot, which holds persons.")


def _day(written: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(written)
    except ValueError:
        message = "write a day as 2010-01-01"
        raise argparse.ArgumentTypeError(message) from None


def _header(arguments: argparse.Namespace, today: datetime.date) -> Header:
    from credential_pipeline.engines.exchange.student_tracker.request import Header
    from credential_pipeline.engines.exchange.student_tracker.request_writer import written_name

    code = str(arguments.code)
    if len(code) != _CODE or not (code.isascii() and code.isdigit()):
        raise SafeError("E_FORMAT", "--code: give eight digits, six of the school code and two of the branch.")
    if not written_name(arguments.name):
        raise SafeError("E_FORMAT", "--name: give your name in letters without accents, as the service knows it.")
    return Header(code[:6], code[6:], arguments.name, today, arguments.query)


def _try(education: Path, request: Path, reports: Path) -> None:
    """Let the simulated service answer."""
    from credential_pipeline.simulation.partners.student_tracker import Service

    reports.mkdir(parents=True, exist_ok=True)
    told = Service(education).answer(request, reports)
    print(
        f"simulated service: {len(told.found):,} found, {len(told.missed):,} missed, {told.blocked:,} not listed; {told.report}"
    )
