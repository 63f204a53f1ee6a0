"""``profile``: read an unknown feed and propose a certifier's YAML, with a dry run and the questions that stay open."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import NAME, Side

if TYPE_CHECKING:
    from credential_pipeline.clearinghouse.onboarding.dry_run import Trial
    from credential_pipeline.clearinghouse.onboarding.propose import Proposal

_FOLDER = "my-registry"


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "profile",
        "read an unknown feed and propose a certifier's YAML, with a dry run",
        "profile export.tsv --name comptia --out my-registry",
        execute,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file of the certifier, as it was sent")
    parser.add_argument(
        "--name", metavar="CERTIFIER", help="name of the certifier: a-z, 0-9 and _ (from the file's name)"
    )
    parser.add_argument(
        "--sheet", metavar="NAME", help="sheet of a spreadsheet; needed only if several of them hold rows"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help=f"registry folder to write into (that of --registry, or ./{_FOLDER})"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the proposal and tell what it is worth.

    Raises:
        SafeError: The file cannot be read or has no header, the name is none, or the proposal is there already.
    """
    from assets.console.engine import connect
    from credential_pipeline.clearinghouse.onboarding.dry_run import try_out
    from credential_pipeline.clearinghouse.onboarding.propose import propose
    from credential_pipeline.clearinghouse.onboarding.reading import read_table
    from credential_pipeline.clearinghouse.onboarding.yaml_text import trial_document

    file: Path = arguments.file
    name = _name(arguments.name, file)
    folder = arguments.out or environment.extra_registry() or Path(_FOLDER)
    target = folder / "certifiers" / f"{name}.yml"
    if target.exists():
        raise SafeError("E_EXISTS", f"{target} is there already; choose another --name or --out, or remove it.")
    proposal = propose(name, read_table(file, arguments.sheet))
    written = _write(proposal, folder, target)
    _tell_columns(proposal)
    if proposal.missing:
        print(f"no dry run: {', '.join(proposal.missing)} must be named first")
    else:
        with connect(Side.CLEARINGHOUSE) as con:
            _tell_trial(try_out(con, trial_document(proposal), file), proposal)
    _tell_questions(proposal)
    _tell_next(written, folder, name)
    return 0


def _name(given: str | None, file: Path) -> str:
    if given is not None and not NAME.match(given):
        raise SafeError("E_NAME", "--name: use 1 to 40 lower-case letters, digits and underscores.")
    letters = re.sub(r"[^a-z]+", "_", file.name.partition(".")[0].lower()).strip("_")[:40]
    return given or (letters if NAME.match(letters) else "certifier")


def _write(proposal: Proposal, folder: Path, target: Path) -> list[Path]:
    from credential_pipeline.clearinghouse.onboarding.yaml_text import certifier_yaml, industry_yaml

    template = folder / "industries" / f"_{proposal.certifier}.yml"
    written = [(target, certifier_yaml(proposal))]
    if not template.exists():
        written.append((template, industry_yaml(proposal)))
    for path, text in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return [path for path, _ in written]


def _tell_columns(proposal: Proposal) -> None:
    table = proposal.table
    delimiter = {"\t": "tab"}.get(table.delimiter, table.delimiter)
    form = f"{table.encoding}, delimiter {delimiter}" if table.encoding else table.format
    form += f", sheet '{table.sheet}'" if table.sheet is not None else ""
    print(f"{form}, header in line {table.header_line}, {len(table.header)} columns")
    if not table.whole:
        print(f"the first {len(table.rows):,} rows were looked at; the dry run reads all")
    for field, entry in proposal.columns.items():
        derived = entry.get("derived")
        made = (
            f"made of {', '.join(derived)}"
            if isinstance(derived, list)
            else entry.get("from") or f"always {entry.get('value')}"
        )
        print(f"  {field:<20} {made}")
    if proposal.ignored:
        print(f"  not used             {', '.join(proposal.ignored)}")


def _tell_trial(trial: Trial, proposal: Proposal) -> None:
    from credential_pipeline.clearinghouse.raw_feeds.reasons import HOLD_REASONS, REASONS

    if trial.refused:
        known = trial.refused in REASONS
        word = "would wait" if trial.refused in HOLD_REASONS else "refused"
        print(f"dry run: {word}: {f'{REASONS[trial.refused]} [{trial.refused}]' if known else trial.refused}")
        if word == "refused":
            return
    undecided = any(question.blocks for question in proposal.notes.questions)
    print(
        f"dry run{' (what is undecided was tried in one way)' if undecided else ''}: {trial.rows:,} rows, {trial.accepted:,} accepted"
    )
    if trial.duplicates:
        print(f"  {trial.duplicates:,} repeat another row")
    for reason, (rows, lines) in trial.set_aside.items():
        shown = ", ".join(map(str, lines)) + (", …" if rows > len(lines) else "")
        print(f"  {rows:,} set aside: {reason}, line {shown}. {REASONS[reason]}")


def _tell_questions(proposal: Proposal) -> None:
    print(f"open questions: {len(proposal.notes.questions)}")
    for number, question in proposal.notes.numbered():
        print(f"  {number}. {'must be answered: ' if question.blocks else ''}{question.text}")


def _tell_next(written: list[Path], folder: Path, name: str) -> None:
    print(f"wrote {', '.join(map(str, written))}")
    print("next:")
    print(f"  1. answer the questions in {written[0]}; give the certifier its full name")
    print(
        f"  2. complete {folder / 'industries' / f'_{name}.yml'} and save it as {folder / 'industries'}/<industry>.yml"
    )
    print(f"  3. {grammar.PROGRAM} --registry {folder} registry check")
    inbox = environment.side_home(Side.CLEARINGHOUSE) / "inbox"
    print(f"  4. put the file into {inbox}/<industry>/{name}/")
    print(f"  5. {grammar.PROGRAM} --registry {folder} run <industry> --until linked_records")
