"""``export``: one table as a CSV or Parquet file: the current one, or that of the last run that a gate refused."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets import environment
from assets.console import access, grammar
from credential_pipeline.foundation.contracts import SNAPSHOTS
from credential_pipeline.foundation.errors import SafeError
from credential_pipeline.foundation.file_names import delivery_id_sql
from credential_pipeline.foundation.names import SHARED, Side
from credential_pipeline.foundation.quoting import literal
from credential_pipeline.foundation.spreadsheets import csv_safe_sql

if TYPE_CHECKING:
    from credential_pipeline.foundation.storage.engine import Connection
    from credential_pipeline.foundation.storage.relation import Relation, Scratch
    from credential_pipeline.foundation.storage.snapshots import Store, Version

#: Short names, and the snapshots that an export of them reads; any other table is named ``<snapshot>.<table>``.
_READS = {
    "quarantine": ("raw_feeds",),
    "deliveries": ("raw_feeds",),
    "duplicate_students": ("education_registry",),
    "credentials": ("cleaned_learners", "linked_records"),
    "learners": ("linked_records",),
    "links": ("linked_records",),
    "unlinked": ("cleaned_learners", "linked_records"),
    "blocks": ("linked_records",),
    "profile_links": ("linked_records",),
    "pairs": ("linked_records",),
    "learner_events": ("linked_records",),
    "learner_redirects": ("linked_records",),
    "review_queue": ("linked_records",),
    "diagnostics": ("linked_records",),
    "person_links": ("person_keys",),
    "outcomes": ("outcome_tables",),
    "published_outcomes": ("published_outcomes",),
}
_QUERIES = {
    "quarantine": "SELECT certifier, delivery, line, reason_code, what_to_do FROM raw_feeds.quarantine"
    " LEFT JOIN {reasons} USING (reason_code) ORDER BY ALL",
    "deliveries": "SELECT d.certifier, d.delivery, d.sha256, d.rows_in, d.rows_accepted, d.rows_quarantined,"
    f" d.rows_duplicate, r.received_at, d.state, d.reason_code AS reason, d.reason_code, d.detail, {delivery_id_sql('d')} AS delivery_id"
    " FROM raw_feeds.deliveries d LEFT JOIN {receipts} r USING (sha256) ORDER BY ALL",
    "credentials": "SELECT c.certifier, c.record_id, k.learner_id, c.credential_code, c.event, c.result, c.event_date,"
    " c.expiration_date, c.training_setting FROM cleaned_learners.credentials c"
    " LEFT JOIN linked_records.links k USING (certifier, record_id) ORDER BY ALL",
}


def add(commands: grammar.Commands) -> None:
    """Say what the command takes."""
    parser = grammar.command(
        commands,
        "export",
        "write one table to a file, the current one or that of a refused attempt",
        "export links manufacturing --out links.csv",
        execute,
    )
    parser.add_argument("table", metavar="TABLE", help="for example links, or cleaned_learners.profiles")
    parser.add_argument("industry", metavar="INDUSTRY")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .csv or .parquet file")
    parser.add_argument(
        "--attempt", action="store_true", help="of the last run that a gate refused, for example its quarantine"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the table.

    Raises:
        SafeError: The table or the industry is unknown, nothing is published or refused, or the file cannot be
            written.
    """
    from assets.console.engine import connect
    from credential_pipeline.foundation.storage.relation import scratch

    industry = environment.registry().industry(arguments.industry).industry
    out: Path = arguments.out
    if out.suffix not in {".csv", ".parquet"}:
        raise SafeError("E_FORMAT", f"--out {out.name}: give a file that ends in .csv or .parquet.")
    if not out.absolute().parent.is_dir():
        raise SafeError("E_NO_FOLDER", f"--out: the folder of {out.name} does not exist; make it first.")
    reads, query = _resolve(arguments.table)
    side = SNAPSHOTS[reads[0]].side
    with connect(side) as con, scratch(con) as work:
        versions = (
            _attempts(reads, industry, arguments.table)
            if arguments.attempt
            else [_current(name, industry) for name in reads]
        )
        for version in versions:
            version.attach(con)
        access.record(side, "export", [f"{industry}: {arguments.table}"])
        beside = {name: make(work) for name, make in _BESIDE.items() if f"{{{name}}}" in query}
        rows = _write(con, query.format(**beside) if beside else query, out)
    print(f"{rows:,} rows of {arguments.table} for {industry} written to {out}")
    return 0


def _store(name: str) -> Store:
    from assets.console.engine import store

    return store(SNAPSHOTS[name].side)


def _partition(name: str, industry: str) -> str:
    return industry if SNAPSHOTS[name].partitioned else SHARED


def _current(name: str, industry: str) -> Version:
    return _store(name).current(SNAPSHOTS[name], _partition(name, industry))


def _attempts(names: Sequence[str], industry: str, table: str) -> list[Version]:
    """The refused attempts of these snapshots; of one without an attempt, the current version that others were built on.

    Raises:
        SafeError: ``E_NO_ATTEMPT``: none of them has one.
    """
    found = {name: _store(name).attempt(SNAPSHOTS[name], _partition(name, industry)) for name in names}
    if not any(found.values()):
        message = (
            f"No refused attempt of {', '.join(names)} is kept for {industry}: its gate refused nothing since the last"
            " publication. Without --attempt the current table is exported."
        )
        if others := [full for full in _named(table.rpartition(".")[2]) if full.partition(".")[0] not in names]:
            message += f" Other hops have a table of that name: {', '.join(others)}."
        raise SafeError("E_NO_ATTEMPT", message)
    for name, version in found.items():
        if version is not None:
            broken = [entry["rule"] for entry in version.manifest.verdicts if _keeps_back(entry)]
            print(f"attempt of {name} at {version.manifest.published_at}, refused by {', '.join(broken)}")
    return [version or _current(name, industry) for name, version in found.items()]


def _keeps_back(entry: Mapping[str, Any]) -> bool:
    return not entry["passed"] and entry["severity"] == "block"


def _resolve(table: str) -> tuple[tuple[str, ...], str]:
    if table == "unlinked":
        from credential_pipeline.clearinghouse.linked_records.unlinked import unlinked_query

        return _READS[table], unlinked_query()
    if table in _READS:
        snapshot = _READS[table][-1]
        return _READS[table], _QUERIES.get(table, f'SELECT * FROM {snapshot}."{table}"')
    snapshot, _, name = table.partition(".")
    if snapshot in SNAPSHOTS and name in {entry.name for entry in SNAPSHOTS[snapshot]}:
        return (snapshot,), f'SELECT * FROM {snapshot}."{name}"'
    raise SafeError("E_UNKNOWN_TABLE", f"There is no table of that name; {_meant(table)}.")


def _meant(table: str) -> str:
    """What to write instead of a name that is none: the full names that end in it, the tables of a hop, or the short ones."""
    hop, _, name = table.rpartition(".")
    if full := _named(name):
        return f"give its hop too: {', '.join(full)}"
    if hop := next((part for part in (hop, name) if part in SNAPSHOTS), ""):
        return f"{hop} has {', '.join(f'{hop}.{entry.name}' for entry in SNAPSHOTS[hop])}"
    return f"known are {', '.join(_READS)}, and any table of a hop as HOP.TABLE"


def _named(name: str) -> list[str]:
    """The tables of that name, by hop and name."""
    return [f"{hop}.{entry.name}" for hop in SNAPSHOTS for entry in SNAPSHOTS[hop] if entry.name == name]


def _receipts(work: Scratch) -> Relation:
    """When each file was first seen: sha256, received_at."""
    from credential_pipeline.clearinghouse.raw_feeds.sights import FILE, read_receipts

    seen = read_receipts(environment.side_home(Side.CLEARINGHOUSE) / FILE)
    rows = [(digest, moment.isoformat()) for digest, moment in sorted(seen.items())]
    return work.rows("receipts", {"sha256": "VARCHAR", "received_at": "VARCHAR"}, rows)


def _reasons(work: Scratch) -> Relation:
    """What each code of a row means and what to do about it: reason_code, what_to_do."""
    from credential_pipeline.clearinghouse.raw_feeds.reasons import REASONS

    return work.rows("reasons", {"reason_code": "VARCHAR", "what_to_do": "VARCHAR"}, sorted(REASONS.items()))


_BESIDE = {"receipts": _receipts, "reasons": _reasons}
"""Relations that queries name and that stand in no table."""


def _for_spreadsheets(con: Connection, query: str) -> str:
    """The query, with text that a spreadsheet would run as a formula made plain text."""
    columns = con.execute(f"DESCRIBE ({query})").fetchall()
    texts = [f'"{name}"' for name, kind, *_ in columns if kind == "VARCHAR"]
    replaced = ", ".join(f"{csv_safe_sql(name)} AS {name}" for name in texts)
    return f"SELECT * REPLACE ({replaced}) FROM ({query})" if replaced else query


def _write(con: Connection, query: str, out: Path) -> int:
    temporary = out.absolute().with_name(f".{out.name}.{os.getpid()}.tmp")
    options = "FORMAT parquet" if out.suffix == ".parquet" else "FORMAT csv, HEADER"
    if out.suffix == ".csv":
        query = _for_spreadsheets(con, query)
    try:
        rows = con.execute(f"COPY ({query}) TO {literal(str(temporary))} ({options})").fetchall()
        temporary.chmod(0o600)
        temporary.replace(out)
    finally:
        temporary.unlink(missing_ok=True)
    return int(rows[0][0])
