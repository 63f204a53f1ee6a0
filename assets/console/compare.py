"""``compare``: link an industry's current tables with two models and tell what changes; publishes nothing, names nobody."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assets import environment
from assets.console import grammar
from assets.console.status import find
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.names import Side

if TYPE_CHECKING:
    from credential_pipeline.engines.linkage.model import Model
    from credential_pipeline.foundation.registry.model import Industry
    from credential_pipeline.foundation.storage.engine import Connection
    from credential_pipeline.foundation.storage.relation import Relation, Scratch

_READS = {
    Side.CLEARINGHOUSE: ("cleaned_learners", "education_registry"),
    Side.ENCLAVE: ("accepted_extract", "reference_population"),
}
_FAMILIES = {"profiles": Side.CLEARINGHOUSE, "registry": Side.CLEARINGHOUSE, "reference": Side.ENCLAVE}


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "compare",
        "what would change if an industry adopted another linkage model",
        "compare manufacturing --model data/clearinghouse/models/profiles_2026-11-01_1a2b3c.json",
        execute,
    )
    parser.add_argument("industry", metavar="INDUSTRY")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="the .json file of the candidate")
    parser.add_argument("--against", type=Path, metavar="FILE", help="another model; the one in use if not given")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write every change, by id only")


def execute(arguments: argparse.Namespace) -> int:
    """Print learners merged and split and links gained, lost and changed, with ids as examples.

    Raises:
        SafeError: A model does not fit, the two are of different families, or there is nothing to link.
    """
    from assets.console.engine import connect
    from credential_pipeline.engines.linkage.compare import CHANGES, count_changes, list_changes
    from credential_pipeline.engines.linkage.model import choose, load
    from credential_pipeline.foundation.storage.relation import scratch

    industry = environment.registry().industry(arguments.industry)
    candidate = load(arguments.model)
    family = str(candidate.meta.get("family"))
    if family not in _FAMILIES:
        raise SafeError("E_MODEL", f"{arguments.model.name} names no family out of {', '.join(_FAMILIES)}")
    models = environment.side_home(_FAMILIES[family]) / "models"
    current = (
        load(arguments.against)
        if arguments.against
        else choose(family, getattr(industry.linkage.models, family), models)
    )
    if current.meta.get("family") != family:
        raise SafeError(
            "E_MODEL", f"{arguments.against.name} is not of the family {family}; compare models of one family"
        )
    with connect(_FAMILIES[family]) as con:
        _attach(con, _FAMILIES[family], industry.industry)
        with scratch(con) as work:
            before, after = (_link(work, industry, family, model) for model in (current, candidate))
            listed = list_changes(work, before, after)
            changes = count_changes(con, listed)
            rows = int(con.execute(f"SELECT count(*) FROM {before}").fetchall()[0][0])
            if arguments.out:
                _write(con, listed, arguments.out)
    print(f"{industry.industry}: {candidate.name} against {current.name}, {rows:,} rows")
    for change in changes:
        examples = f"  for example {', '.join(change.examples)}" if change.examples else ""
        print(f"  {change.number:>9,} {CHANGES[change.kind]}{examples}")
    return 0


def _attach(con: Connection, side: Side, industry: str) -> None:
    for name in _READS[side]:
        version = find(name, industry)
        if version is None:
            raise SafeError("E_NOT_PUBLISHED", f"{industry} has no current {name} to link; run {industry} first.")
        version.attach(con)


def _link(work: Scratch, industry: Industry, family: str, model: Model) -> Relation:
    """Link with one model, all else as in use: row, group, target."""
    con = work.con
    if family == "reference":
        from credential_pipeline.enclave.person_keys.assign import assign

        con.execute("CREATE SCHEMA IF NOT EXISTS person_keys")
        assign(con, industry, model=model)
        query = (
            'SELECT row_id AS row, coalesce(person_key, row_id) AS "group", person_key AS target '
            "FROM person_keys.person_links"
        )
    else:
        from assets.console.engine import store
        from credential_pipeline.clearinghouse.clerical_review.reviews import read_review
        from credential_pipeline.clearinghouse.linked_records.learner_ids import attach_last
        from credential_pipeline.clearinghouse.linked_records.link import link
        from credential_pipeline.engines.linkage.model import choose

        root = environment.side_home(Side.CLEARINGHOUSE)
        con.execute("CREATE SCHEMA IF NOT EXISTS linked_records")
        # Nothing is published here, and a comparison needs no memory of ids.
        attach_last(con, store(Side.CLEARINGHOUSE), industry.industry, new_ids=True)
        used = {
            name: choose(name, getattr(industry.linkage.models, name), root / "models")
            for name in ("profiles", "registry")
        }
        used[family] = model
        link(
            con,
            industry,
            profiles_model=used["profiles"],
            registry_model=used["registry"],
            review=read_review(root, industry.industry),
        )
        query = (
            'SELECT profile_id AS row, learner_id AS "group", student_id AS target FROM linked_records.profile_links'
        )
    return work.table("compared", query)


def _write(con: Connection, changes: Relation, path: Path) -> None:
    found = con.execute(f"SELECT * FROM {changes} ORDER BY ALL")
    header: Sequence[str] = [column[0] for column in found.description]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(found.fetchall())
