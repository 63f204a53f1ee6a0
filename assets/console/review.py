"""``review``: pairs of records out to reviewers, as one offline page a batch, and their decisions in.

Prints counts and ids of pairs only.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from assets.console.status import find
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.clearinghouse.clerical_review.settle import Report
    from credential_pipeline.foundation.storage.engine import Connection

_TABLES = ("cleaned_learners", "education_registry", "linked_records")


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    review = grammar.command(
        commands, "review", "pairs out to reviewers, their decisions in", "review export manufacturing", execute
    )
    actions = review.add_subparsers(dest="action", required=True, metavar="export|import")
    out = grammar.command(
        actions,
        "export",
        "write a batch of pairs as one offline page into the restricted zone",
        "review export manufacturing --size 60",
        execute,
    )
    out.add_argument("industry", metavar="INDUSTRY")
    out.add_argument("--size", type=grammar.positive, default=60, metavar="N", help="pairs of the batch (60)")
    out.add_argument("--seed", type=int, default=1, help="another seed draws other pairs (1)")
    out.add_argument("--batch", metavar="NAME", help="name of the batch; the next number if not given")
    out.add_argument("--adjudicate", action="store_true", help="the pairs that reviewers could not settle")
    back = grammar.command(
        actions,
        "import",
        "take in the decisions that reviewers downloaded from the page",
        "review import manufacturing decisions-batch-1.csv",
        execute,
    )
    back.add_argument("industry", metavar="INDUSTRY")
    back.add_argument("file", nargs="+", type=Path, metavar="FILE")
    back.add_argument("--single", action="store_true", help="take one reviewer's word where there is no second")


def execute(arguments: argparse.Namespace) -> int:
    """Export a batch or import decisions.

    Raises:
        SafeError: The industry is unknown or not linked yet, a batch cannot be made, or a file is refused.
    """
    industry = environment.registry().industry(arguments.industry).industry
    return _export(arguments, industry) if arguments.action == "export" else _import(arguments, industry)


@contextmanager
def _current(industry: str) -> Iterator[tuple[Connection, str]]:
    """A connection with the current tables, and the version of linked_records."""
    from assets.console.engine import connect

    with connect(Side.CLEARINGHOUSE) as con:
        version = ""
        for name in _TABLES:
            current = find(name, industry)
            if current is None:
                message = (
                    f"{name} has no published version for {industry}; run {industry} --until linked_records first."
                )
                raise SafeError("E_NOT_PUBLISHED", message)
            current.attach(con)
            version = current.name
        yield con, version


def _export(arguments: argparse.Namespace, industry: str) -> int:
    from credential_pipeline.clearinghouse.clerical_review.decisions import make_review_folder
    from credential_pipeline.clearinghouse.clerical_review.issue import Source, issue_adjudication, issue_sample

    registry = environment.registry()
    names = {name: registry.certifiers[name].name for name in registry.industry(industry).certifiers}
    with _current(industry) as (con, version):
        folder = make_review_folder(environment.side_home(Side.CLEARINGHOUSE), industry)
        source = Source(industry, version, names)
        gone = 0
        if arguments.adjudicate:
            batch, page, gone = issue_adjudication(con, folder, source, arguments.batch)
        else:
            batch, page = issue_sample(con, folder, source, arguments.size, arguments.seed, arguments.batch)
    print(f"batch {batch.name}: {len(batch.pairs)} pairs to {'adjudicate' if arguments.adjudicate else 'review'}")
    if gone:
        several = "conflict is" if gone == 1 else "conflicts are"
        print(f"{gone} open {several} left out: the row or the student that it was about is gone")
    for entry in batch.population:
        drawn = sum(pair.stratum == entry.stratum.name for pair in batch.pairs)
        print(f"  {entry.stratum.name:<28} {drawn:>4} of {entry.pairs:,}")
    if not arguments.adjudicate:
        _say_planted(len(batch.planted))
    print(f"page (restricted, offline): {page}")
    print("Give reviewers the page alone; they decide and download their decisions, which review import takes in.")
    return 0


def _say_planted(planted: int) -> None:
    """How many pairs are planted among the others, and how well they find out who does not read."""
    from credential_pipeline.clearinghouse.clerical_review.attention import allowed, chance
    from credential_pipeline.clearinghouse.clerical_review.planting import PLANTED

    limit = allowed(planted)
    print(f"{planted} planted pairs of known answer are among them; {limit} may be decided wrongly, or left unsure")
    if planted < PLANTED:
        print(
            f"The data holds no more; somebody who guesses passes with probability {chance(limit, planted, 0.5):.1%}."
        )


def _import(arguments: argparse.Namespace, industry: str) -> int:
    from credential_pipeline.clearinghouse.clerical_review.anchors import resolve
    from credential_pipeline.clearinghouse.clerical_review.decisions import review_folder
    from credential_pipeline.clearinghouse.clerical_review.settle import take_in

    folder = review_folder(environment.side_home(Side.CLEARINGHOUSE), industry)
    with _current(industry) as (con, _):
        report = take_in(folder, arguments.file, lambda anchors: resolve(con, anchors), single=arguments.single)
    _show(report, industry)
    return 0


def _show(report: Report, industry: str) -> None:
    print(f"{report.read} decisions read, {report.new} of them new; {report.settled} pairs newly settled")
    for found in report.attention:
        print(f"attention in {found.batch}: {found.sentence}")
    for batch, agreement in report.agreements:
        print(f"agreement in {batch}: {agreement.sentence}")
    if report.waiting:
        print(f"{report.waiting} pairs wait for a second reviewer (--single takes one reviewer's word)")
    if report.conflicts:
        print(f"{len(report.conflicts)} pairs are in conflict or unsure: {', '.join(report.conflicts)}")
    for ids in report.contradictions:
        print(f"contradiction, not applied: {', '.join(ids)}")
    if report.conflicts or report.contradictions:
        print(f"Settle them with: review export {industry} --adjudicate")
    if report.settled:
        print(f"They take effect with the next run {industry}.")
